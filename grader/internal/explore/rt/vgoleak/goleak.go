// Package goleak stands in for go.uber.org/goleak in instrumented code. It finds nothing:
// the explorer itself looks for goroutines that are left, and overlooks those that goleak
// is told to ignore.
package goleak

import (
	"os"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/rt/sched"
)

// TestingT is the part of a test that VerifyNone uses.
type TestingT interface{ Error(...any) }

// TestingM is the part of a testing.M that VerifyTestMain uses.
type TestingM interface{ Run() int }

// Option is an option of Find, VerifyNone and VerifyTestMain.
type Option interface{ apply(*options) }

// options are the function that is called at the end.
type options struct{ cleanup func(exitCode int) }

type option func(*options)

func (o option) apply(to *options) { o(to) }

// ignoring ignores goroutines by the functions that they are in.
func ignoring(f func(functions []string) bool) Option {
	return option(func(*options) { sched.Overlook(f) })
}

// IgnoreTopFunction ignores goroutines that are in this function.
func IgnoreTopFunction(f string) Option {
	return ignoring(func(functions []string) bool { return len(functions) > 0 && functions[0] == f })
}

// IgnoreAnyFunction ignores goroutines that are in this function, or in one that it
// has called.
func IgnoreAnyFunction(f string) Option {
	return ignoring(func(functions []string) bool { return slices.Contains(functions, f) })
}

// IgnoreAnyContainingPkg ignores goroutines that are in a function of this package,
// or in one that it has called.
func IgnoreAnyContainingPkg(pkg string) Option {
	return ignoring(func(functions []string) bool {
		return slices.ContainsFunc(functions, func(f string) bool { return strings.HasPrefix(f, pkg+".") })
	})
}

// IgnoreCurrent ignores the goroutines that exist now.
func IgnoreCurrent() Option {
	started := sched.Started()
	return option(func(*options) { sched.OverlookEarlier(started) })
}

// Cleanup sets a function that is called at the end, with the exit code.
func Cleanup(cleanupFunc func(exitCode int)) Option {
	return option(func(o *options) { o.cleanup = cleanupFunc })
}

func build(list []Option) (o options) {
	for _, each := range list {
		each.apply(&o)
	}
	return o
}

// Find finds nothing.
func Find(...Option) error { return nil }

// VerifyNone tells the explorer what to ignore, and calls the function that Cleanup
// has set, if any.
func VerifyNone(_ TestingT, options ...Option) {
	if o := build(options); o.cleanup != nil {
		o.cleanup(0)
	}
}

// VerifyTestMain runs the tests and ends the process with their exit code.
func VerifyTestMain(m TestingM, options ...Option) {
	o := build(options)
	code := m.Run()
	if o.cleanup != nil {
		o.cleanup(code)
		return
	}
	os.Exit(code)
}
