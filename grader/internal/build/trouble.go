package build

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/kept"
)

// missing matches what systems say when they have no more to give, or do not let
// the go command have it; shared, a package whose compiled form is not in the
// build cache any more; system, what a system says of a file, and no compiler.
var (
	missing = regexp.MustCompile(`(?i)no space left on device|disk quota exceeded|cannot allocate memory|out of memory|resource temporarily unavailable|` +
		`too many open files|read-only file system|input/output error|permission denied|no such file or directory|not a directory|failed to (?:create|reserve) `)
	shared = regexp.MustCompile(`could not import \S+ \((?:open|read|stat) `)
	system = regexp.MustCompile(`^[a-z/]+ (?:/|[A-Za-z]:\\)\S*: `)
)

// shortage is the line in which the go command says what the machine lacks, or "".
// A line about the exercise quotes the fix, and may say anything; but no fix can
// make it say where a package was looked for, or what became of a file.
func shortage(e kata.Exercise, out []byte) string {
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		about := messages(e, []byte(line))
		if shared.MatchString(line) || missing.MatchString(line) && (about == nil || system.MatchString(about[0].text)) {
			return line
		}
	}
	return ""
}

// errNotWhole: what a compiler or a test says of half a module is not about a fix.
var errNotWhole = errors.New("somebody has changed or removed temporary files of the grader; if something clears up there, set TMPDIR to another folder")

// Whole tells whether all that was laid out is still there.
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
	names := []string{"go.mod", "go.sum", steppedFile}
	if st.Overlay != nil {
		names = append(names, overlayFile, untestedFile)
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
