package explore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// putModule lets the main modules import the runtime, with no change to any of
// their files. For one module it writes a go.mod in its stead. That loads no more
// than its own go.mod does, and so builds with no network whatever built before.
// Several, or one that a go.mod of ours does not fit, get a workspace, for which
// the go command wants the go.mod files of older versions too.
func (s *Session) putModule(ctx context.Context) error {
	m := s.only()
	if m == nil || m.vendored() && !s.Own {
		return s.putWorkspace(ctx)
	}
	if m.vendored() {
		if err := s.putVendored(m.Dir); err != nil {
			return err
		}
	}
	text, err := os.ReadFile(filepath.Join(m.Dir, "go.mod"))
	if err != nil {
		return err
	}
	if text, err = s.withRuntime(text); err != nil {
		return err
	}
	sums, err := os.ReadFile(filepath.Join(m.Dir, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	s.goMod = filepath.Join(s.dir, "go.mod")
	if err := errors.Join(writeFile(s.goMod, text), writeFile(filepath.Join(s.dir, "go.sum"), sums)); err != nil {
		return err
	}
	if s.Own { // it is ours, and ours to get right
		return nil
	}
	return s.tryModule(ctx)
}

// tryModule makes sure that the go command takes the go.mod of ours, and goes back
// to a workspace where it does not. A module whose go.mod is not tidy may build in
// one.
func (s *Session) tryModule(ctx context.Context) error {
	_, err := s.goRun(ctx, s.buildEnv(), append([]string{"list", "-m"}, s.modFlags()...)...)
	var refused *goError
	if errors.As(err, &refused) {
		s.goMod = ""
		return s.putWorkspace(ctx)
	}
	return err
}

// only is the main module, if it is the only one and can import the runtime as it
// is: its language version is not older, so settings say nothing; it is not in a
// workspace, and its go.mod is the file of that name.
func (s *Session) only() (main *module) {
	if work := s.env["GOWORK"]; work != "" && work != "off" || strings.Contains(s.env["GOFLAGS"], "-mod") {
		return nil
	}
	for _, p := range s.packages {
		m := p.Module
		if m == nil || !m.Main || main != nil && m.Path == main.Path {
			continue
		}
		if main != nil {
			return nil
		}
		main = m
	}
	if main == nil || compareVersions(main.GoVersion, oldestRuntime) < 0 {
		return nil
	}
	return main
}

// vendored reports whether a main module carries its modules with it.
func (m *module) vendored() bool {
	_, err := os.Stat(filepath.Join(m.Dir, "vendor", "modules.txt"))
	return err == nil
}

// putVendored puts the runtime into the vendor folder of a module that is our own,
// and lists it there.
func (s *Session) putVendored(dir string) error {
	vendor := filepath.Join(dir, "vendor")
	if err := os.CopyFS(filepath.Join(vendor, moduleRT), os.DirFS(s.runtime)); err != nil {
		return err
	}
	list, err := os.ReadFile(filepath.Join(vendor, "modules.txt"))
	if err != nil {
		return err
	}
	files, err := runtimeSource()
	if err != nil {
		return err
	}
	packages := map[string]bool{}
	for name := range files {
		if strings.HasSuffix(name, ".go") {
			packages[path.Join(moduleRT, path.Dir(name))] = true
		}
	}
	text := fmt.Sprintf("%s# %s v0.0.0 => %s\n## explicit; go %s\n%s\n# %[2]s => %[3]s\n",
		list, moduleRT, s.runtime, oldestRuntime, strings.Join(slices.Sorted(maps.Keys(packages)), "\n"))
	return writeFile(filepath.Join(vendor, "modules.txt"), []byte(text))
}

// withRuntime adds to the text of a go.mod the runtime and the copies of modules
// that are rewritten.
func (s *Session) withRuntime(text []byte) ([]byte, error) {
	f, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return nil, err
	}
	if err := f.AddRequire(moduleRT, "v0.0.0"); err != nil {
		return nil, err
	}
	if err := f.AddReplace(moduleRT, "", s.runtime, ""); err != nil {
		return nil, err
	}
	for _, p := range s.packages {
		if p.Module == nil || s.copies[p.Module.Dir] == "" {
			continue
		}
		if err := f.AddReplace(p.Module.Path, "", s.copies[p.Module.Dir], ""); err != nil {
			return nil, err
		}
	}
	return f.Format()
}
