// Package kata reads the exercise tree: chapters, exercises and their manifests. It knows
// nothing about fixes, runs or scores.
package kata

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Kata is an exercise tree.
type Kata struct {
	Root      string // the folder that holds go.mod and exercises/
	Exercises []Exercise
	Broken    error // what is wrong with those that are not in Exercises

	faults []fault // the same, one by one
}

// fault is why the exercise in a folder is not in Exercises.
type fault struct {
	folder string // its base name
	err    error
}

// Exercise is one exercise as its manifest describes it.
type Exercise struct {
	ID         string      `toml:"id"` // permanent; the numbers of folders may change
	Title      string      `toml:"title"`
	Summary    string      `toml:"summary"` // one line, for lists
	Learnt     string      `toml:"learnt"`  // one sentence about this kind of bug, for those who have fixed it
	Level      int         `toml:"level"`   // 1 to 5
	Files      []string    `toml:"files"`   // what a learner may change; only these are taken from a submission
	Hints      []string    `toml:"hints"`   // rising from a question to almost the answer
	Classes    []string    `toml:"classes"` // of bugs, by the Studies: "tu/mutex"
	Suite      bool        `toml:"suite"`   // a fix is a suite of tests, and the tests run it for right and broken code
	Timing     bool        `toml:"timing"`  // time is involved: repeat under load too
	Tests      []Test      `toml:"tests"`
	Policy     Policy      `toml:"policy"`
	References []Reference `toml:"references"`

	Chapter string `toml:"-"` // the chapter's folder name, "01-shared-state"
	Dir     string `toml:"-"` // slash path from Root, "exercises/01-shared-state/01-hit-counter"
}

// Test is a test that the exercise requires.
type Test struct {
	Name   string `toml:"name"`
	Points int    `toml:"points"`
	// Guard: the starter passes it. It earns nothing, and breaking it forfeits the exercise.
	Guard bool `toml:"guard"`
	// CaughtBy names the detectors that fail the starter in every grading.
	CaughtBy []string `toml:"caught_by"`
	// Sometimes names the detectors that may fail the starter as well.
	Sometimes []string `toml:"sometimes"`
}

// Policy changes the default policy for one exercise.
type Policy struct {
	AllowImports []string `toml:"allow_imports"`
	DenyImports  []string `toml:"deny_imports"`
	Allow        []string `toml:"allow"` // rules that do not hold here, such as "recover"
}

// Reference points to reading or to a real bug of the same kind.
type Reference struct {
	Title string `toml:"title"`
	URL   string `toml:"url"`
}

// PointsPerLevel is what a level is worth: level 1 to 5 earn 10 to 50 points.
const PointsPerLevel = 10

// MaxPoints is what a right fix earns.
func (e Exercise) MaxPoints() int {
	sum := 0
	for _, t := range e.Tests {
		sum += t.Points
	}
	return sum
}

// Package is the import path of the exercise, within the module heisenkata.
func (e Exercise) Package() string { return "heisenkata/" + e.Dir }

// PackageName is the name that the exercise's files begin with: its id without
// the hyphens.
func (e Exercise) PackageName() string { return strings.ReplaceAll(e.ID, "-", "") }

// Solution is the folder of the model fix, a slash path from the root.
func (e Exercise) Solution() string {
	return "solutions" + strings.TrimPrefix(e.Dir, "exercises")
}

// Starter is the folder that keeps the starter as it was shipped, a slash path
// from the root. The exercise's own files are the learner's to change.
func (e Exercise) Starter() string { return e.Dir + "/testdata/starter" }

// Find returns the exercise with that id. The id may also be a folder or a
// file in it. The error names the nearest id.
func (k Kata) Find(name string) (Exercise, error) {
	clean := strings.TrimSuffix(path.Clean(filepath.ToSlash(name)), "/")
	for _, e := range k.Exercises {
		if e.ID == clean || e.Dir == clean || path.Base(e.Dir) == clean || strings.HasPrefix(clean, e.Dir+"/") {
			return e, nil
		}
	}
	return Exercise{}, &UnknownError{Name: name, Nearest: k.nearest(clean)}
}

// Fault returns what is wrong with an exercise that is not in Exercises, by its id or
// its folder, or nil.
func (k Kata) Fault(name string) error {
	name = path.Base(filepath.ToSlash(name))
	return joined(slices.DeleteFunc(slices.Clone(k.faults), func(f fault) bool {
		return f.folder != name && idOf(f.folder) != name
	}))
}

// joined is what is wrong in some folders. What is wrong with several is told once.
func joined(faults []fault) error {
	told := map[error]bool{}
	var errs []error
	for _, f := range faults {
		if !told[f.err] {
			errs = append(errs, f.err)
		}
		told[f.err] = true
	}
	return errors.Join(errs...)
}

// idOf is the id that an exercise's folder is named after.
func idOf(folder string) string {
	_, id, _ := strings.Cut(path.Base(filepath.ToSlash(folder)), "-")
	return id
}

// UnknownError means that there is no such exercise.
type UnknownError struct{ Name, Nearest string }

func (e *UnknownError) Error() string {
	hint := "`go run ./grader list` shows them all"
	if e.Nearest != "" {
		hint = fmt.Sprintf("did you mean %s? `go run ./grader list` shows them all", e.Nearest)
	}
	return fmt.Sprintf("there is no exercise %q; %s", e.Name, hint)
}

// ErrNoKata says that a folder is not a checkout of the kata.
var ErrNoKata = errors.New("no exercises here")

// Load reads all exercises below root, in the order of their folders. The others can still
// be used by name if one is broken.
func Load(root string) (Kata, error) {
	k := Kata{Root: root}
	folders, err := exerciseFolders(root)
	if err != nil {
		return k, err
	}
	if len(folders) == 0 {
		return k, fmt.Errorf("%w: %s has no exercises/NN-chapter/NN-exercise folder; run the grader at the root of a Heisenkata checkout, or name one with --kata", ErrNoKata, root)
	}
	same := duplicates(root, folders)
	for _, dir := range folders {
		e, err := loadExercise(root, dir)
		twins := same[idOf(dir)]
		for _, err := range []error{err, twins} {
			if err != nil {
				k.faults = append(k.faults, fault{filepath.Base(dir), err})
			}
		}
		if err == nil && twins == nil {
			k.Exercises = append(k.Exercises, e)
		}
	}
	k.Broken = joined(k.faults)
	return k, nil
}

// exerciseFolders lists the folders of all exercises, in order.
func exerciseFolders(root string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(root, "exercises", "[0-9]*", "[0-9]*"))
	slices.Sort(found)
	return slices.DeleteFunc(found, func(name string) bool {
		info, err := os.Stat(name)
		return err != nil || !info.IsDir()
	}), err
}

// duplicates says which folders have the same id, by that id: none of them is the one that it
// stands for. A folder without a manifest may be what is left of an exercise that has moved.
func duplicates(root string, folders []string) map[string]error {
	places := map[string][]string{}
	for _, dir := range folders {
		rel, err := filepath.Rel(root, dir)
		if _, statErr := os.Stat(filepath.Join(dir, ManifestName)); err == nil && statErr == nil {
			places[idOf(dir)] = append(places[idOf(dir)], filepath.ToSlash(rel))
		}
	}
	same := map[string]error{}
	for id, dirs := range places {
		if len(dirs) > 1 {
			same[id] = fmt.Errorf("%s have the same id, %q; an id stands for one exercise, permanently: remove a folder, or give it and its manifest another id", strings.Join(dirs, " and "), id)
		}
	}
	return same
}

// FindRoot returns the nearest folder at or above dir that holds an exercises tree.
func FindRoot(dir string) (string, error) {
	for at := dir; ; at = filepath.Dir(at) {
		found, _ := filepath.Glob(filepath.Join(at, "exercises", "[0-9]*", "[0-9]*", ManifestName))
		if len(found) > 0 {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", fmt.Errorf("%w: neither %s nor a folder above it is a Heisenkata checkout; change into one, or name it with --kata", ErrNoKata, dir)
		}
	}
}

// Sources lists the exercise's Go files, starter and tests, as base names.
func (k Kata) Sources(e Exercise) ([]string, error) {
	entries, err := fs.ReadDir(os.DirFS(k.Root), e.Dir)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", e.Dir, err)
	}
	var names []string
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), ".go") {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}
