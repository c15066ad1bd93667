// Package submission reads a learner's files, once, and decides by looking at
// them whether they may be built. Policy and build use the same bytes. It
// runs nothing.
package submission

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"

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
		refusal.Findings = append(refusal.Findings, checkText(e, name, data)...)
		s.Files[name] = data
	}
	for _, name := range others(tree, e, dir) {
		refusal.Findings = append(refusal.Findings, notTaken(e, name))
	}
	if refusal.Findings != nil {
		return s, &refusal
	}
	return s, nil
}
