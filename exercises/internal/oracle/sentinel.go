package oracle

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"heisenkata/exercises/internal/life"
)

// stranger is an error that nobody has ever returned.
type stranger struct{ text string }

func (s *stranger) Error() string { return s.text }

// Sentinel returns an error of which the code under test knows nothing before
// the test hands it over: it is of some type, and equal to no other.
func Sentinel(format string, args ...any) error {
	return life.Failure(fmt.Sprintf(format, args...))
}

// AssertWraps fails t unless err wraps want, and tells whether it does. The
// story says what had happened.
//
// An error may have methods of its own that answer errors.Is and errors.As, and
// one that answers yes to everything would pass for any. So err must also deny
// that it is somebody else: an error that says the same as want, word for word,
// and which nobody has ever returned.
func AssertWraps(t testing.TB, err, want error, story string) bool {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s\nexpected an error that is, or wraps: %v\ngot: %v", story, want, err)
		return false
	}
	return AssertHonest(t, err, want.Error())
}

// AssertHonest fails t if err claims to be an error that nobody has ever
// returned, not even if that one has the same text.
func AssertHonest(t testing.TB, err error, text string) bool {
	t.Helper()
	var found *stranger
	if errors.As(err, &found) || slices.ContainsFunc(strangers(text), func(s error) bool { return errors.Is(err, s) }) {
		t.Errorf("the error says yes to everybody who asks whether it is his: "+
			"an error %q, which nobody has ever returned, is said to be in it as well.\ngot: %v (a %T)", text, err, err)
		return false
	}
	return true
}

// strangers are errors of every kind, with a text, that nobody has returned.
func strangers(text string) []error { return append(life.Failures(text), &stranger{text: text}) }
