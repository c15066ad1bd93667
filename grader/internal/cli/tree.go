package cli

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/kata"
)

// trees loads the official tree, and says where the submission is.
func (a *app) trees() (k kata.Kata, submission string, err error) {
	root, err := a.officialRoot()
	if err != nil {
		return k, "", err
	}
	if k, err = kata.Load(root); err != nil {
		if errors.Is(err, kata.ErrNoKata) {
			return k, "", usageError{err}
		}
		return k, "", err
	}
	submission = root
	if given := a.flags.Submission; given != "" {
		if info, err := os.Stat(given); err != nil || !info.IsDir() {
			return k, "", usageError{fmt.Errorf("--submission %s is not a folder; name the learner's checkout", given)}
		}
		if !isCheckout(given) {
			return k, "", usageError{fmt.Errorf("--submission %s has neither a go.mod nor a folder exercises; name the root of the learner's checkout", given)}
		}
		submission = given
		a.caller.foreign = !same(root, given)
	}
	a.caller.tree, err = filepath.Abs(submission)
	return k, submission, err
}

// isCheckout reports whether a folder may be a learner's checkout, whatever is missing in it.
func isCheckout(dir string) bool {
	return slices.ContainsFunc([]string{"go.mod", "exercises"}, func(name string) bool {
		_, err := os.Lstat(filepath.Join(dir, name))
		return err == nil
	})
}

func (a *app) officialRoot() (string, error) {
	if a.flags.Kata != "" {
		return a.flags.Kata, nil
	}
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	root, err := kata.FindRoot(here)
	if err != nil {
		return "", usageError{err}
	}
	return root, nil
}

// same reports whether two folders are one.
func same(a, b string) bool { return real(a) == real(b) }

// real is a path without links, from the root of the file system; of what does
// not exist, as much of it as does.
func real(name string) string {
	name, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	if whole, err := filepath.EvalSymlinks(name); err == nil {
		return whole
	}
	if above := filepath.Dir(name); above != name {
		return filepath.Join(real(above), filepath.Base(name))
	}
	return name
}

// choose returns the exercises named. If none is, it is the one whose folder the
// caller is in, or else all of them.
func (a *app) choose(k kata.Kata, submission string, names []string) ([]kata.Exercise, error) {
	if len(names) == 0 {
		if e, ok := exerciseAt(k, submission, "."); ok {
			return []kata.Exercise{e}, nil
		}
		return k.Exercises, k.Broken
	}
	var chosen []kata.Exercise
	for _, name := range names {
		e, err := a.lookUp(k, submission, name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, e)
	}
	return chosen, nil
}

// find loads the trees and looks up one exercise.
func (a *app) find(name string) (kata.Exercise, string, error) {
	k, submission, err := a.trees()
	if err != nil {
		return kata.Exercise{}, "", err
	}
	e, err := a.lookUp(k, submission, name)
	return e, submission, err
}

// lookUp returns the exercise that a name means. It is an id, a folder's name or
// path, a file's, or the import path. Paths are from where the caller is, or from
// the root, as reports have them.
func (a *app) lookUp(k kata.Kata, submission, name string) (kata.Exercise, error) {
	e, err := k.Find(strings.TrimPrefix(filepath.ToSlash(name), "heisenkata/"))
	if err == nil && !strings.HasPrefix(name, ".") {
		return e, nil
	}
	if e, ok := exerciseAt(k, submission, name); ok {
		return e, nil
	}
	if absolute, err := filepath.Abs(name); err == nil {
		if fault := k.Fault(absolute); fault != nil {
			return e, usageError{fault}
		}
	}
	return e, a.unknown(k, name)
}

// exerciseAt returns the exercise whose folder a path is, or leads into.
func exerciseAt(k kata.Kata, submission, name string) (kata.Exercise, bool) {
	for _, root := range []string{submission, k.Root} {
		rel, err := filepath.Rel(real(root), real(name))
		if err != nil {
			continue
		}
		if e, err := k.Find(filepath.ToSlash(rel)); err == nil && strings.ContainsRune(rel, filepath.Separator) {
			return e, true
		}
	}
	return kata.Exercise{}, false
}

// unknown says that a name means no exercise, and which one it may have meant.
func (a *app) unknown(k kata.Kata, name string) error {
	list := fmt.Sprintf("`%s` shows them all", a.caller.call("list"))
	if id := nearest(k, name); id != "" {
		return usageError{fmt.Errorf("there is no exercise %q; did you mean %s? %s", name, id, list)}
	}
	return usageError{fmt.Errorf("there is no exercise %q; %s", name, list)}
}

// nearest is the id that is most like a name or the end of a path, or "".
func nearest(k kata.Kata, name string) string {
	e, err := k.Find(path.Base(filepath.ToSlash(name)))
	var unknown *kata.UnknownError
	if errors.As(err, &unknown) {
		return unknown.Nearest
	}
	return e.ID
}

// meant returns the exercise that a command is about: the one named, or else the
// one whose folder the caller is in, or else what instead says.
func (a *app) meant(name string, instead func(k kata.Kata, submission string) (kata.Exercise, error)) (kata.Exercise, string, error) {
	if name != "" {
		return a.find(name)
	}
	k, submission, err := a.trees()
	if err != nil {
		return kata.Exercise{}, "", err
	}
	if e, ok := exerciseAt(k, submission, "."); ok {
		return e, submission, nil
	}
	e, err := instead(k, submission)
	return e, submission, err
}

// mustName refuses a command that has to be told which exercise it is about.
func (a *app) mustName(command string) func(kata.Kata, string) (kata.Exercise, error) {
	return func(k kata.Kata, _ string) (kata.Exercise, error) {
		var ids []string
		for _, e := range k.Exercises {
			ids = append(ids, e.ID)
		}
		return kata.Exercise{}, usageError{fmt.Errorf("name the exercise, as in `%s`; there are %s", a.caller.call(command, "EXERCISE"), strings.Join(ids, ", "))}
	}
}
