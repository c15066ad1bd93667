// Package goleak stands for go.uber.org/goleak of instrumented code. It finds
// nothing: the explorer itself looks for goroutines that are left.
package goleak

import "os"

// TestingT is the part of a test that VerifyNone uses.
type TestingT interface{ Error(...any) }

// TestingM is the part of a testing.M that VerifyTestMain uses.
type TestingM interface{ Run() int }

// Option is an option of Find, VerifyNone and VerifyTestMain.
type Option interface{ apply(*options) }

// options holds the only one that has an effect here.
type options struct{ cleanup func(exitCode int) }

type option func(*options)

func (o option) apply(to *options) { o(to) }

func ignore(*options) {}

// IgnoreTopFunction has no effect.
func IgnoreTopFunction(string) Option { return option(ignore) }

// IgnoreAnyFunction has no effect.
func IgnoreAnyFunction(string) Option { return option(ignore) }

// IgnoreAnyContainingPkg has no effect.
func IgnoreAnyContainingPkg(string) Option { return option(ignore) }

// IgnoreCurrent has no effect.
func IgnoreCurrent() Option { return option(ignore) }

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

// VerifyNone calls the function that Cleanup has set, if any.
func VerifyNone(_ TestingT, options ...Option) {
	if o := build(options); o.cleanup != nil {
		o.cleanup(0)
	}
}

// VerifyTestMain runs the tests and ends the process with their exit code.
func VerifyTestMain(m TestingM, options ...Option) {
	code := m.Run()
	if o := build(options); o.cleanup != nil {
		o.cleanup(code)
		return
	}
	os.Exit(code)
}
