package oracle

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"heisenkata/exercises/internal/life"
)

// stranger is an error that was never returned.
type stranger struct{ text string }

func (s *stranger) Error() string { return s.text }

// Sentinel returns an error that the code under test cannot know before the test
// passes it in: its type varies, and it equals no other.
func Sentinel(format string, args ...any) error {
	return life.Failure(fmt.Sprintf(format, args...))
}

// AssertWraps fails t unless err wraps want, and reports whether it does. The
// story says what had happened.
//
// An error may have methods that answer errors.Is and errors.As, and one that
// always returns true would match any error. So err must also not match others:
// errors with exactly the same text as want
// that were never returned.
func AssertWraps(t testing.TB, err, want error, story string) bool {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s\nexpected an error that is, or wraps: %v\ngot: %v", story, want, err)
		return false
	}
	return AssertHonest(t, err, want.Error())
}

// SameError reports whether two errors are one, also if == cannot compare them.
func SameError(a, b error) bool {
	if a == nil || b == nil || reflect.TypeOf(a) != reflect.TypeOf(b) {
		return a == b
	}
	if reflect.TypeOf(a).Comparable() {
		return a == b
	}
	return errors.Is(a, b)
}

// AssertHonest fails t if err matches an error that was never returned, even one with
// the same text.
func AssertHonest(t testing.TB, err error, text string) bool {
	t.Helper()
	var found *stranger
	if errors.As(err, &found) || slices.ContainsFunc(strangers(text), func(s error) bool { return errors.Is(err, s) }) {
		t.Errorf("the error claims to be any error it is compared with: "+
			"an error %q that was never returned also matches.\ngot: %v (a %T)", text, err, err)
		return false
	}
	return true
}

// strangers returns errors of every kind, with this text, that were never returned.
func strangers(text string) []error { return append(life.Failures(text), &stranger{text: text}) }
