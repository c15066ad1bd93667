package cli

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/submission"
)

// meant are the packages that a caller has named: patterns for the go command, the
// folder where they hold, and the environment in which their tests run.
type meant struct {
	dir      string
	patterns []string
	env      []string
}

// packages says which packages are meant: an exercise by what names it anywhere
// else, all others as the go command names them. An id never hides a pattern: those
// have a slash or a dot in them.
func (a *app) packages(names []string) (m meant, err error) {
	k, sub, err := a.trees()
	if err != nil && a.caller.flags != "" {
		return m, err
	}
	m.env = append(os.Environ(), a.sizes(k, sub, names)...)
	m.dir, m.patterns, err = a.patterns(k, sub, names)
	return m, err
}

// of has the options explore these packages.
func (m meant) of(o *explore.Options) { o.Dir, o.Patterns, o.Env = m.dir, m.patterns, m.env }

// sizes tells the tests of an exercise about the numbers in its fix, as a grade does, so
// that a schedule that a grade has found can be replayed.
func (a *app) sizes(k kata.Kata, sub string, names []string) []string {
	if len(names) != 1 {
		return nil
	}
	e, ok := a.exerciseNamed(k, sub, names[0])
	if !ok {
		e, ok = exerciseAt(k, sub, names[0])
	}
	if !ok {
		return nil
	}
	fix, err := submission.Read(sub, e, e.Dir)
	if err != nil {
		return nil // the go command says what is wrong with it
	}
	return submission.SizesEnv(k.Root, e, fix)
}

func (a *app) patterns(k kata.Kata, sub string, names []string) (dir string, patterns []string, err error) {
	var exercises []kata.Exercise // none outside of a checkout
	for _, name := range names {
		if e, ok := a.exerciseNamed(k, sub, name); ok {
			exercises = append(exercises, e)
			name = a.caller.pattern(e.Dir)
		} else if testName.MatchString(name) && !isFolder(name) {
			return "", nil, usageError{fmt.Errorf("%s is the name of a test, where a package is wanted; for the one in this folder: `%s`, or `%s`", name, a.caller.call("explore . --run "+name), a.caller.call("explain . "+name))}
		} else if isWord(name) && !isFolder(name) && (nearest(k, name) != "" || len(k.Exercises) > 0 && !isPattern(name)) {
			return "", nil, usageError{a.neither(k, name)}
		}
		patterns = append(patterns, pattern(name))
	}
	if len(exercises) < len(names) || within(a.caller.dir, a.caller.tree) {
		return ".", patterns, nil
	}
	patterns = nil
	for _, e := range exercises { // the go command has to be in their module
		patterns = append(patterns, "./"+e.Dir)
	}
	return sub, patterns, nil
}

// neither says that a word means nothing, and which exercise it may have meant.
func (a *app) neither(k kata.Kata, name string) error {
	meant := ""
	if id := nearest(k, name); id != "" {
		meant = " did you mean " + id + "?"
	}
	return fmt.Errorf("there is neither an exercise nor a folder %q;%s `%s` shows the exercises", name, meant, a.caller.call("list"))
}

// isPattern reports whether the go command knows a word: as a package of the standard library, or
// as the name of several packages.
func isPattern(word string) bool {
	return slices.Contains([]string{"all", "std", "cmd", "tool", "work"}, word) || isFolder(filepath.Join(build.Default.GOROOT, "src", word))
}

// exerciseNamed returns the exercise that a word names: by its id or its folder's
// name; or a path that leads to it from the root and nowhere from here. What leads
// somewhere from here is the go command's to read, unless that is another module.
func (a *app) exerciseNamed(k kata.Kata, sub, name string) (kata.Exercise, bool) {
	if isWord(name) || !strings.HasPrefix(name, ".") && !isFolder(name) {
		e, err := k.Find(name)
		return e, err == nil
	}
	if within(a.caller.dir, a.caller.tree) || strings.HasSuffix(name, "...") {
		return kata.Exercise{}, false
	}
	return exerciseAt(k, sub, name)
}

// testName matches what only a test is called.
var testName = regexp.MustCompile(`^(Test|Example|Fuzz)([A-Z_]\w*)?$`)

// isWord reports whether a name is no path and no pattern.
func isWord(name string) bool { return name != "" && !strings.ContainsAny(name, `./\`) }

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// pattern is a package's name for the go command, to which a folder without a dot
// before it would be an import path.
func pattern(name string) string {
	if isFolder(name) && !strings.HasPrefix(name, ".") && !filepath.IsAbs(name) {
		return "./" + filepath.ToSlash(name)
	}
	return name
}
