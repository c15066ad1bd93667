// Package submission reads a learner's files, once, and decides by looking at
// them whether they may be built. Policy and build use the same bytes. It
// runs nothing.
package submission

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// MaxFileSize is the largest file that is read, in bytes. The largest starter
// has a tenth of it.
const MaxFileSize = 64 << 10

// Submission is a learner's fix of one exercise.
type Submission struct {
	Files map[string][]byte // by base name; just those that the manifest names
}

// Hash names the content: equal files have equal hashes.
func (s Submission) Hash() string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		fmt.Fprintf(h, "%s %d\n", name, len(s.Files[name]))
		h.Write(s.Files[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Refusal says why a submission cannot be taken as it is.
type Refusal struct{ Findings []evidence.Finding }

func (r *Refusal) Error() string { return r.Findings[0].Summary }

// Read takes from the checkout at root the files that the manifest names, and
// no others. dir is the folder to take them from, a slash path from root; it
// is the exercise's own but for solutions and their variants.
//
// The error is a *Refusal where the learner's files are at fault, and any other
// where the grader could not read them.
func Read(root string, e kata.Exercise, dir string) (Submission, error) {
	s := Submission{Files: map[string][]byte{}}
	tree, err := os.OpenRoot(root)
	if err != nil {
		return s, fmt.Errorf("opening the submission: %w", err)
	}
	defer tree.Close()
	var refusal Refusal
	for _, name := range e.Files {
		data, why, err := readFile(tree, path.Join(dir, name))
		if err != nil {
			return s, err
		}
		if why != "" {
			refusal.Findings = append(refusal.Findings, unreadable(e, name, why))
			continue
		}
		s.Files[name] = data
	}
	if refusal.Findings != nil {
		return s, &refusal
	}
	return s, nil
}

func unreadable(e kata.Exercise, name, why string) evidence.Finding {
	file := path.Join(e.Dir, name)
	return evidence.Finding{
		Verdict: evidence.Policy,
		Summary: file + " " + why,
		Meaning: "Nothing was built, because this file is part of the exercise.",
		Places:  []evidence.Place{{File: file, Role: "here"}},
		Replay:  "go run ./grader reset " + e.ID,
	}
}

// readFile returns a file's bytes, or why the learner must change it first.
func readFile(tree *os.Root, name string) (data []byte, why string, err error) {
	info, err := tree.Lstat(filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, "is missing; `grader reset` brings the starter back", nil
	case err != nil:
		return nil, "", fmt.Errorf("looking at %s: %w", name, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, "is a symbolic link; put a regular file in its place", nil
	case !info.Mode().IsRegular():
		return nil, "is not a regular file; put one in its place", nil
	case info.Size() > MaxFileSize:
		return nil, tooLarge(info.Size()), nil
	}
	return readBytes(tree, name)
}

func readBytes(tree *os.Root, name string) (data []byte, why string, err error) {
	f, err := tree.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, "", fmt.Errorf("reading %s: %w", name, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, "is not a regular file; put one in its place", nil
	}
	data, err = io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading %s: %w", name, err)
	}
	return data, textProblem(data), nil
}

func tooLarge(size int64) string {
	return fmt.Sprintf("has %d bytes, more than the %d that a fix may have; a fix of this exercise is a few lines longer than the starter", size, MaxFileSize)
}

// textProblem tells what keeps data from being read as it would be compiled.
// The bidi controls are those of CVE-2021-42574: text that reads otherwise
// than it compiles.
func textProblem(data []byte) string {
	switch {
	case len(data) > MaxFileSize:
		return tooLarge(int64(len(data)))
	case len(data) == 0:
		return "is empty; `grader reset` brings the starter back"
	case !utf8.Valid(data):
		return "is not UTF-8; save it as UTF-8"
	}
	for _, r := range string(data) {
		if r == 0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return fmt.Sprintf("holds the invisible character U+%04X; take it out", r)
		}
	}
	return ""
}
