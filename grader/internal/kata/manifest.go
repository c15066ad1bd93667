package kata

import (
	"errors"
	"fmt"
	"go/token"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// ManifestName is the file that describes an exercise.
const ManifestName = "exercise.toml"

const (
	maxLevel  = 5
	maxLearnt = 200 // characters
)

// Relaxable are the rules of the policy that an exercise may do without, as allow names
// them. The honesty of the score depends on the others.
var Relaxable = []string{"alias", "clock", "init", "print", "recover", "type"}

var (
	idPattern   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	testPattern = regexp.MustCompile(`^Test[A-Z0-9_]\w*$`)
	filePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*\.go$`)
	// importPattern leaves out "C", which is no package of Go.
	importPattern = regexp.MustCompile(`^[a-z][\w.~-]*(/[\w~-][\w.~-]*)*(/\.\.\.)?$`)
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
		apart := " "
		if strings.Contains(err.Error(), "\n") {
			apart = "\n"
		}
		return Exercise{}, fmt.Errorf("%s/%s:%s%w", rel, ManifestName, apart, err)
	}
	e.Dir = rel
	e.Chapter = strings.Split(rel, "/")[1]
	if id := idOf(dir); id != e.ID {
		return Exercise{}, fmt.Errorf("%s/%s: the id is %q, the folder's name says %q", rel, ManifestName, e.ID, id)
	}
	return e, nil
}

// Parse reads one manifest and checks all that can be checked without the files it names.
// All faults are reported together, except a text that is not TOML, or a value of the wrong
// type: those come first.
func Parse(text string) (Exercise, error) {
	var e Exercise
	meta, err := toml.Decode(text, &e)
	if err != nil {
		return e, decodeProblem(err)
	}
	return e, errors.Join(append(keyProblems(meta, text), e.problems()...)...)
}

var otherType = regexp.MustCompile(`line (\d+) \(last key "(.+)"\): incompatible types: TOML value has type (\w+); destination has type (\w+)`)

// decodeProblem says where a manifest cannot be read, in the words of TOML.
func decodeProblem(err error) error {
	if at := otherType.FindStringSubmatch(err.Error()); at != nil {
		return fmt.Errorf("line %s: %s is of type %s: want %s", at[1], at[2], at[3], strings.NewReplacer("boolean", "true or false", "slice", "a list in [ ]").Replace(at[4]))
	}
	var at toml.ParseError
	if errors.As(err, &at) {
		return fmt.Errorf("line %d: not TOML: %s", at.Position.Line, at.Message)
	}
	return fmt.Errorf("not TOML: %w", err)
}

// keyProblems finds keys that mean nothing, and those that are not in lower
// case: the decoder takes ID for id, and of both any.
func keyProblems(meta toml.MetaData, text string) (errs []error) {
	wrong := meta.Undecoded()
	for _, key := range meta.Keys() {
		if name := key.String(); name != strings.ToLower(name) {
			wrong = append(wrong, key)
		}
	}
	for _, key := range wrong {
		meant := ""
		if near := closest(strings.ToLower(key[len(key)-1]), keysOf(reflect.TypeFor[Exercise]())); near != "" {
			meant = "; did you mean " + near + "?"
		}
		errs = append(errs, fmt.Errorf("%sunknown key %q%s", lineOf(key[len(key)-1], text), key, meant))
	}
	return errs
}

// lineOf says where a key first stands.
func lineOf(key, text string) string {
	stands := regexp.MustCompile(`^[ \t\[]*(\w+\.)*` + regexp.QuoteMeta(key) + `[ \t]*[\]=]`)
	for i, line := range strings.Split(text, "\n") {
		if stands.MatchString(line) {
			return fmt.Sprintf("line %d: ", i+1)
		}
	}
	return ""
}

// keysOf are the keys that a type is read from, with those of the types in it.
func keysOf(t reflect.Type) (keys []string) {
	for t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("toml"); key != "-" {
			keys = append(append(keys, key), keysOf(t.Field(i).Type)...)
		}
	}
	return keys
}

func (e Exercise) problems() (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !idPattern.MatchString(e.ID) {
		wrong("id %q: want lower-case words joined by hyphens", e.ID)
	}
	if name := e.PackageName(); token.IsKeyword(name) || name == "main" || name == "documentation" {
		wrong("id %q: no test can import a package of that name", e.ID)
	}
	if e.Title == "" || e.Summary == "" || e.Learnt == "" {
		wrong("title, summary and learnt must not be empty")
	}
	if strings.ContainsFunc(e.Title+e.Summary+e.Learnt, unicode.IsControl) {
		wrong("title, summary and learnt are one line each, without control characters")
	}
	if n := utf8.RuneCountInString(e.Learnt); n > maxLearnt {
		wrong("learnt has %d characters: want one sentence of at most %d, which a small screen shows in three lines", n, maxLearnt)
	}
	switch {
	case e.Level == 0:
		wrong("level is missing: want 1 to %d", maxLevel)
	case !e.leveled():
		wrong("level is %d: want 1 to %d", e.Level, maxLevel)
	}
	if len(e.Hints) != 3 {
		wrong("%d hints: want three, rising from a question to almost the answer", len(e.Hints))
	}
	for i, hint := range e.Hints {
		if strings.TrimSpace(hint) == "" {
			wrong("hint %d is empty", i+1)
		}
	}
	for _, name := range e.Classes {
		if !knownClass(name) {
			wrong("classes: no study has %q; grader/internal/kata/classes.go lists them", name)
		}
	}
	for _, r := range e.References {
		if at, err := url.Parse(r.URL); err != nil || at.Host == "" || r.Title == "" {
			wrong("references: %q, %q: want a title and the address of a page", r.Title, r.URL)
		}
	}
	return slices.Concat(errs, e.fileProblems(), e.Policy.problems(), e.testProblems())
}

func (e Exercise) leveled() bool { return e.Level >= 1 && e.Level <= maxLevel }

func (e Exercise) fileProblems() (errs []error) {
	if len(e.Files) == 0 {
		errs = append(errs, errors.New("files is empty: name the files a learner may change"))
	}
	seen := map[string]bool{}
	for _, f := range e.Files {
		if !filePattern.MatchString(f) || strings.HasSuffix(f, "_test.go") {
			errs = append(errs, fmt.Errorf("files: %q is not the base name of a Go source file", f))
		}
		if seen[f] {
			errs = append(errs, fmt.Errorf("files: %q is listed twice", f))
		}
		seen[f] = true
	}
	return errs
}

func (p Policy) problems() (errs []error) {
	for _, name := range slices.Concat(p.AllowImports, p.DenyImports) {
		if !importPattern.MatchString(name) {
			errs = append(errs, fmt.Errorf("policy: %q is not an import path, which may end in /... for all below it", name))
		}
	}
	if slices.Contains(p.AllowImports, "unsafe") {
		errs = append(errs, fmt.Errorf("policy: allow_imports cannot lift \"unsafe\": with it a fix reaches all that the other rules keep it from"))
	}
	for _, rule := range p.Allow {
		if !slices.Contains(Relaxable, rule) {
			errs = append(errs, fmt.Errorf("policy: allow does not know %q: want one of %s", rule, strings.Join(Relaxable, ", ")))
		}
	}
	return errs
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
	if len(e.Tests) == 0 {
		return append(errs, errors.New("no [[tests]]: name each test of the exercise, with its points and what catches the starter"))
	}
	if want := e.Level * PointsPerLevel; e.leveled() && e.MaxPoints() != want {
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
	case t.Points > maxLevel*PointsPerLevel: // so that no sum overflows
		wrong("points are %d: no exercise is worth more than %d", t.Points, maxLevel*PointsPerLevel)
	case t.Guard && (t.Points != 0 || len(t.CaughtBy) != 0):
		wrong("a guard earns nothing and does not catch the starter: drop points and caught_by, or guard")
	case !t.Guard && (t.Points == 0 || len(t.CaughtBy) == 0):
		wrong("a test is a guard, or it has points and caught_by")
	}
	for _, d := range slices.Concat(t.CaughtBy, t.Sometimes) {
		if !slices.Contains(TestDetectors, d) {
			wrong("unknown detector %q: want one of %s", d, strings.Join(TestDetectors, ", "))
		}
	}
	return errs
}
