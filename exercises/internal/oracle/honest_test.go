package oracle_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/oracle"
)

// told is a testing.TB that records messages and does not fail.
type told struct {
	testing.TB
	text     string
	cleanups []func()
}

func (t *told) Helper()                   {}
func (t *told) Errorf(f string, a ...any) { t.text += fmt.Sprintf(f, a...) }
func (t *told) Logf(f string, a ...any)   { t.text += fmt.Sprintf(f, a...) }
func (t *told) Failed() bool              { return t.text != "" }
func (t *told) Cleanup(fn func())         { t.cleanups = append(t.cleanups, fn) }

// matchesAll claims to be any error it is compared with.
type matchesAll struct{}

func (matchesAll) Error() string   { return "whatever you like" }
func (matchesAll) Is(error) bool   { return true }
func (matchesAll) As(any) bool     { return true }
func (matchesAll) Unwrap() []error { return []error{matchesAll{}} }

// namesake claims to be any error with the same text.
type namesake struct{ error }

func (n namesake) Is(err error) bool { return err.Error() == n.Error() }

func TestAssertWraps(t *testing.T) {
	said := oracle.Sentinel("status %d", 503)
	for name, c := range map[string]struct {
		err  error
		want string // "": no failure
	}{
		"itself":      {said, ""},
		"wrapped":     {fmt.Errorf("fetch: %w", said), ""},
		"joined":      {errors.Join(context.Canceled, said), ""},
		"nil":         {nil, "wraps: " + said.Error()},
		"text alone":  {fmt.Errorf("fetch: %v", said), "wraps: " + said.Error()},
		"another":     {oracle.Sentinel("status %d", 503), "wraps: " + said.Error()},
		"matches all": {matchesAll{}, "claims to be any error"},
		"a namesake":  {namesake{errors.New(said.Error())}, "claims to be any error"},
		"and itself":  {errors.Join(said, matchesAll{}), "claims to be any error"},
	} {
		t.Run(name, func(t *testing.T) {
			inner := &told{TB: t}
			assert.Equal(t, c.want == "", oracle.AssertWraps(inner, c.err, said, "a call failed"))
			assert.Contains(t, inner.text, c.want)
			assert.Equal(t, c.want == "", inner.text == "")
		})
	}
}

func TestRandomIsRepeated(t *testing.T) {
	first := &told{TB: t}
	want := oracle.Random(first).Uint64()
	for _, cleanup := range first.cleanups {
		cleanup()
	}
	assert.Empty(t, first.text, "a passing test logs nothing")

	first.Errorf("failed\n")
	for _, cleanup := range first.cleanups {
		cleanup()
	}
	_, seed, ok := strings.Cut(first.text, "HEISENKATA_SEED=")
	assert.True(t, ok, "a failed test must log its seed: %s", first.text)

	assert.NotEqual(t, want, oracle.Random(&told{TB: t}).Uint64(), "without the seed, sizes must differ")
	t.Setenv("HEISENKATA_SEED", seed)
	assert.Equal(t, want, oracle.Random(&told{TB: t}).Uint64(), "with the seed, sizes must be the same")
}

func TestWatchedCounts(t *testing.T) {
	type key struct{}
	w := oracle.Watch(context.WithValue(t.Context(), key{}, 7))
	assert.Zero(t, w.Asked())
	assert.Equal(t, 7, w.Value(key{}))
	assert.NoError(t, w.Err())
	assert.NotNil(t, w.Done())
	_, limited := w.Deadline()
	assert.False(t, limited)
	assert.EqualValues(t, 4, w.Asked())
}

func TestAssertNothingGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		begin func()
		want  string // "": no failure
	}{
		"nothing":          {func() {}, ""},
		"one that ends":    {func() { go func() {}() }, ""},
		"one alarm":        {func() { time.AfterFunc(time.Second, func() {}) }, ""},
		"a sleeper":        {func() { go time.Sleep(time.Millisecond) }, "1 goroutine is left"},
		"alarm upon alarm": {func() { again(time.Minute) }, "does one reset itself"},
		"a quick alarm":    {func() { again(time.Millisecond) }, "does one reset itself"},
	} {
		t.Run(name, func(t *testing.T) {
			inner := &told{TB: t}
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				here := oracle.WhoIsHere()
				c.begin()
				here.AssertNothingGoesOn(inner, "all has ended.")
				assert.Equal(t, c.want == "", inner.text == "", inner.text)
				assert.Contains(t, inner.text, c.want)
				if c.want == "" {
					assert.Greater(t, time.Since(began), 24*time.Hour)
				}
				time.Sleep(time.Second) // the sleeper must have ended
			})
		})
	}
}

func again(pause time.Duration) { time.AfterFunc(pause, func() { again(pause) }) }
