package build

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Prime compiles packages for a kind, with all that they import, so that what is
// left to do is a fix's own. It tells the name of each package that was not in
// the build cache.
//
// The go command takes a third of a second to find that there is nothing to do,
// so it is not asked while what it made the last time is still in the build cache.
// If some of it is missing after all, the build of a fix makes up for it.
func (st *Staging) Prime(ctx context.Context, kind Kind, packages []string, tell func(name string)) error {
	s := st.tc.stamp(string(kind), packages, sumsOf(st.Dir))
	if made, ok := s.made(); ok {
		st.tc.exports.Store(kind, made)
		return nil
	}
	args := slices.Concat([]string{"list", "-export", "-deps", "-v", "-f", "{{.ImportPath}}\t{{.Export}}"}, st.tc.flags(kind), []string{"--"}, packages)
	out, ok, err := st.goCommand(ctx, kind, primeTime, compiled(tell), args...)
	if err == nil && !ok {
		err = fmt.Errorf("what the exercises import does not build; fix what the go command says here, and grade again: %s", lastLines(out, 5))
	}
	if err == nil {
		s.keep(out)
		st.tc.exports.Store(kind, placed(out))
	}
	return err
}

// Exports are the files in the build cache with what packages export, by import
// path, as far as Prime has compiled them for a kind.
func (tc *Toolchain) Exports(kind Kind) map[string]string {
	made, _ := tc.exports.Load(kind)
	files, _ := made.(map[string]string)
	return files
}

// placed reads lines with a name and a path. Others tell what was compiled.
func placed(out []byte) map[string]string {
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, file, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok && filepath.IsAbs(file) {
			files[name] = file
		}
	}
	return files
}

// PrimeVet has go vet look at the packages that support the tests, and so gather
// what it needs to know of all that they import. Asked to vet a package of the
// standard library it would look for faults in it, which takes ten times as long.
func (st *Staging) PrimeVet(ctx context.Context, packages []string) error {
	sums := sumsOf(st.Dir)
	s, race := st.tc.stamp("vet", packages, sums), st.tc.stamp(string(Race), packages, sums)
	if _, ok := s.made(); ok {
		if _, ok = race.made(); ok {
			return nil
		}
	}
	pattern := "./exercises/internal/attest" // which the fix is made to import
	if st.Overlay == nil {
		pattern = "./exercises/internal/..." // the tests are vetted too
	}
	out, ok, err := st.goCommand(ctx, Race, primeTime, nil, "vet", "-race", st.tc.mod(), pattern)
	if err == nil && !ok {
		err = fmt.Errorf("go vet objects to what supports the tests; fix what it says here, and grade again: %s", lastLines(out, 5))
	}
	if made, readErr := os.ReadFile(race.file); err == nil && readErr == nil {
		s.keep(made)
	}
	return err
}

// sumsOf are the versions of all modules that a tree wants, with their hashes.
func sumsOf(dir string) []byte {
	var all []byte
	for _, name := range []string{"go.mod", "go.sum", "vendor/modules.txt"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		all = append(all, fmt.Sprintf("%s %t\n%s", name, err == nil, text)...) // an error would name this staging's folder
	}
	return all
}

// stamp is a file that says what of the build cache was made by a step that need
// not be taken again as long as all of it is there. No verdict hangs on it.
type stamp struct{ file string }

// stamp names a step by all that decides what it makes.
func (tc *Toolchain) stamp(step string, packages []string, sums []byte) stamp {
	dir, err := os.UserCacheDir()
	if err != nil {
		return stamp{}
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%q\n%s", step, packages, sums)
	for _, name := range settingNames {
		fmt.Fprintf(h, "%s=%s\n", name, tc.settings[name])
	}
	return stamp{filepath.Join(dir, "heisenkata", fmt.Sprintf("made-%x", h.Sum(nil)[:8]))}
}

// made returns what the step has made, by name, if all of it is still there.
func (s stamp) made() (files map[string]string, ok bool) {
	text, err := os.ReadFile(s.file)
	if s.file == "" || err != nil {
		return nil, false
	}
	files = placed(text)
	for _, file := range files {
		if _, err := os.Stat(file); err != nil {
			return nil, false
		}
	}
	return files, len(files) > 0
}

// keep remembers the files that a step has made, from an output that names them.
// Where that is not possible the step is taken again the next time.
func (s stamp) keep(out []byte) {
	if s.file == "" {
		return
	}
	dir := filepath.Dir(s.file)
	if os.MkdirAll(dir, 0o755) != nil {
		return
	}
	tmp, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return
	}
	for name, file := range placed(out) {
		if err == nil {
			_, err = fmt.Fprintf(tmp, "%s\t%s\n", name, file)
		}
	}
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), s.file)
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // it is in a cache folder
	}
}
