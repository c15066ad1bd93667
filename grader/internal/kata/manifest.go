package kata

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// ManifestName is the file that describes an exercise.
const ManifestName = "exercise.toml"

// Detectors are the words that caught_by and sometimes may hold: those that
// judge one test.
var Detectors = []string{"tests", "race", "leak", "repeat", "explore"}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	testPattern = regexp.MustCompile(`^Test[A-Z0-9_]\w*$`)
	filePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*\.go$`)
)

func loadExercise(root, dir string) (Exercise, error) {
	rel, err := filepath.Rel(root, dir)
	if err != nil {
		return Exercise{}, err
	}
	rel = filepath.ToSlash(rel)
	text, err := os.ReadFile(filepath.Join(dir, ManifestName))
	if err != nil {
		return Exercise{}, fmt.Errorf("%s: every exercise has an %s: %w", rel, ManifestName, err)
	}
	e, err := Parse(string(text))
	if err != nil {
		return Exercise{}, fmt.Errorf("%s/%s: %w", rel, ManifestName, err)
	}
	e.Dir = rel
	e.Chapter = strings.Split(rel, "/")[1]
	if _, id, _ := strings.Cut(filepath.Base(dir), "-"); id != e.ID {
		return Exercise{}, fmt.Errorf("%s/%s: the id is %q, the folder's name says %q", rel, ManifestName, e.ID, id)
	}
	return e, nil
}

// Parse reads one manifest and checks all that can be checked without the
// files it speaks of. All that is wrong is reported together.
func Parse(text string) (Exercise, error) {
	var e Exercise
	meta, err := toml.Decode(text, &e)
	if err != nil {
		return e, fmt.Errorf("not TOML as an exercise needs it: %w", err)
	}
	var errs []error
	for _, key := range meta.Undecoded() {
		errs = append(errs, fmt.Errorf("unknown key %q", key))
	}
	errs = append(errs, e.problems()...)
	return e, errors.Join(errs...)
}

func (e Exercise) problems() (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !idPattern.MatchString(e.ID) {
		wrong("id %q: want lower-case words joined by hyphens", e.ID)
	}
	if e.Title == "" || e.Summary == "" {
		wrong("title and summary must not be empty")
	}
	if e.Level < 1 || e.Level > 5 {
		wrong("level is %d: want 1 to 5", e.Level)
	}
	if len(e.Hints) != 3 || slices.Contains(e.Hints, "") {
		wrong("%d hints: want three, rising from a question to almost the answer", len(e.Hints))
	}
	if len(e.Files) == 0 {
		wrong("files is empty: name the files a learner may change")
	}
	for _, f := range e.Files {
		if !filePattern.MatchString(f) || strings.HasSuffix(f, "_test.go") {
			wrong("files: %q is not the base name of a Go source file", f)
		}
	}
	return append(errs, e.testProblems()...)
}

func (e Exercise) testProblems() (errs []error) {
	seen := map[string]bool{}
	for _, t := range e.Tests {
		if seen[t.Name] {
			errs = append(errs, fmt.Errorf("%s is listed twice", t.Name))
		}
		seen[t.Name] = true
		errs = append(errs, t.problems()...)
	}
	if want := e.Level * PointsPerLevel; e.MaxPoints() != want {
		errs = append(errs, fmt.Errorf("the tests' points sum to %d: level %d is worth %d", e.MaxPoints(), e.Level, want))
	}
	return errs
}

func (t Test) problems() (errs []error) {
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: "+format, append([]any{t.Name}, args...)...))
	}
	if !testPattern.MatchString(t.Name) {
		wrong("not the name of a test function")
	}
	switch {
	case t.Points < 0:
		wrong("points are %d: want 0 or more", t.Points)
	case t.Guard && (t.Points != 0 || len(t.CaughtBy) != 0):
		wrong("a guard earns nothing and does not catch the starter: drop points and caught_by, or guard")
	case !t.Guard && (t.Points == 0 || len(t.CaughtBy) == 0):
		wrong("a test is a guard, or it has points and caught_by")
	}
	for _, d := range slices.Concat(t.CaughtBy, t.Sometimes) {
		if !slices.Contains(Detectors, d) {
			wrong("unknown detector %q: want one of %s", d, strings.Join(Detectors, ", "))
		}
	}
	return errs
}
