package build

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"heisenkata/grader/internal/kept"
)

// missing matches what systems say when they have no more to give, or do not let
// the go command have it, and what the go command says of a package whose compiled
// form is not in the build cache any more.
var missing = regexp.MustCompile(`(?i)no space left on device|disk quota exceeded|cannot allocate memory|out of memory|resource temporarily unavailable|` +
	`too many open files|read-only file system|input/output error|permission denied|no such file or directory|not a directory|failed to (?:create|reserve) |` +
	`could not import \S+ \((?:open|read|stat) `)

// shortage is the line in which the go command seems to say what the machine lacks,
// or "". A fix can make it say anything, in the text of a string, so this is a reason
// to ask the starter, and no more.
func shortage(out []byte) string {
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); missing.MatchString(line) {
			return line
		}
	}
	return ""
}

// errNotWhole: what a compiler or a test says of half a module is not about a fix.
var errNotWhole = errors.New("temporary files of the grader were changed or removed; if another program cleans up there, set TMPDIR to another folder")

// Whole reports whether everything that was staged is still there.
func (st *Staging) Whole() error {
	if sum, err := st.summed(); err != nil || sum != st.sum || st.Root != st.Dir && !kept.Holds(st.Root, st.shared) {
		return errNotWhole
	}
	return nil
}

// summed sums up the files that were laid out, and fails if a folder is missing.
func (st *Staging) summed() (string, error) {
	sum := sha256.New()
	add := func(name string) error {
		data, err := os.ReadFile(filepath.Join(st.Dir, name))
		fmt.Fprintf(sum, "%s %d\n%s", name, len(data), data)
		return err
	}
	for _, name := range []string{"bin", "tmp", "runs"} {
		if _, err := os.Stat(filepath.Join(st.Dir, name)); err != nil {
			return "", err
		}
	}
	names := []string{"go.mod", "go.sum", steppedFile, untestedFile}
	if st.Overlay != nil {
		names = append(names, overlayFile)
	}
	for _, name := range names {
		if err := add(name); err != nil {
			return "", err
		}
	}
	var errs []error
	for _, dir := range []string{"exercises", "steps"} {
		errs = append(errs, filepath.WalkDir(filepath.Join(st.Dir, dir), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			rel, err := filepath.Rel(st.Dir, path)
			if err != nil {
				return err
			}
			return add(rel)
		}))
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), errors.Join(errs...)
}
