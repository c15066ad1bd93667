package testing

// Named is a test function and its name.
type Named struct {
	Name string
	F    func(*T)
}

var tests []Named

// Register adds a test; it is called from init functions.
func Register(name string, f func(*T)) { tests = append(tests, Named{Name: name, F: f}) }

// Tests are the tests in the order of their registration.
func Tests() []Named { return tests }

// RunTop runs f as a top-level test on the calling goroutine, and its cleanups.
func RunTop(name string, f func(*T)) {
	Restore()
	forgetSkip()
	newT(name, nil).run(f)
}

// skipReason is why the last top-level test skipped itself.
var skipReason string

// Skipped is why the test that RunTop ran last has skipped itself, or "".
//
//go:norace
func Skipped() string { return skipReason }

//go:norace
func forgetSkip() { skipReason = "" }

//go:norace
func noteSkip(reason string) {
	if reason == "" {
		reason = "skipped without a reason"
	}
	skipReason = reason
}
