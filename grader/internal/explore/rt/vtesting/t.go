package testing

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"heisenkata/grader/internal/explore/rt/sched"
)

// T stands for testing.T. The zero value is a mock: it only remembers that it
// has failed. What goes on inside is hidden from the race detector, but for the
// edges that code can rely on: from Fail to Failed, from Skip to Skipped, and
// from Cleanup to the function's call.
type T struct {
	testing.TB // nil; it has the method by which package testing knows its own

	name    string
	parent  *T
	reports bool // a failure is a finding: not for mocks
	bubble  bool // made by synctest.Test

	failed, skipped, finished, cleaning atomic.Bool

	parallel     bool
	denyParallel bool
	barrier      chan struct{} // closed when parallel subtests may go on
	signal       chan bool     // true: a subtest pauses or has ended; false: its parent has to end
	names        *names        // of the subtests of a top-level test

	ctx    context.Context
	cancel context.CancelFunc

	state        state
	artifactOnce sync.Once
	artifactDir  string
	artifactErr  error
}

func newT(name string, parent *T) *T {
	t := &T{name: name, parent: parent, reports: true, barrier: make(chan struct{}), signal: make(chan bool, 1)}
	if parent == nil {
		t.names = &names{}
	} else {
		t.names, t.reports = parent.names, parent.reports
	}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

// Name returns the name of the test or subtest.
func (t *T) Name() string { return t.name }

// Helper marks the calling function as one that is not where a test fails.
func (t *T) Helper() {
	var pc [1]uintptr
	if runtime.Callers(2, pc[:]) > 0 {
		t.state.addHelper(pc[0])
	}
}

// Log formats its arguments; what they come to is kept for a failure without a
// message of its own.
func (t *T) Log(args ...any) { t.log(fmt.Sprintln(args...)) }

// Logf is Log with a format.
func (t *T) Logf(format string, args ...any) { t.log(fmt.Sprintf(format, args...)) }

// Error is Log and Fail.
func (t *T) Error(args ...any) { t.wrong(fmt.Sprintln(args...)) }

// Errorf is Logf and Fail.
func (t *T) Errorf(format string, args ...any) { t.wrong(fmt.Sprintf(format, args...)) }

// Fatal is Log and FailNow.
func (t *T) Fatal(args ...any) {
	t.wrong(fmt.Sprintln(args...))
	t.leave()
}

// Fatalf is Logf and FailNow.
func (t *T) Fatalf(format string, args ...any) {
	t.wrong(fmt.Sprintf(format, args...))
	t.leave()
}

// Fail marks the test as failed.
func (t *T) Fail() {
	t.mark()
	t.report(t.state.lastSaid())
}

// FailNow marks the test as failed and ends the goroutine.
func (t *T) FailNow() {
	t.Fail()
	t.leave()
}

// Failed reports whether the test has failed.
func (t *T) Failed() bool { return t.failed.Load() }

// Skip is Log and SkipNow.
func (t *T) Skip(args ...any) { t.skip(fmt.Sprintln(args...)) }

// Skipf is Logf and SkipNow.
func (t *T) Skipf(format string, args ...any) { t.skip(fmt.Sprintf(format, args...)) }

// SkipNow marks the test as skipped and ends the goroutine.
func (t *T) SkipNow() {
	if t.parent == nil && t.reports {
		noteSkip(t.state.lastSaid())
	}
	t.skipped.Swap(true)
	t.leave()
}

// Skipped reports whether the test was skipped.
func (t *T) Skipped() bool { return t.skipped.Load() }

// Context returns a context that is cancelled just before Cleanup functions run.
func (t *T) Context() context.Context {
	t.state.askContext()
	return t.ctx
}

// Deadline reports that there is none.
func (t *T) Deadline() (deadline time.Time, ok bool) {
	if t.bubble {
		panic("testing: t.Deadline called inside synctest bubble")
	}
	return time.Time{}, false
}

// Attr checks an attribute, and drops it unless it is for the explorer: with the key "explore"
// and the value "no-polling", a goroutine that polls is a finding.
func (t *T) Attr(key, value string) {
	if strings.ContainsFunc(key, unicode.IsSpace) {
		t.Errorf("disallowed whitespace in attribute key %q", key)
	} else if strings.ContainsAny(value, "\r\n") {
		t.Errorf("disallowed newline in attribute value %q", value)
	} else if key == "explore" && value == "no-polling" {
		sched.ForbidPolling()
	}
}

// Output returns a writer that keeps what it gets as Log does.
func (t *T) Output() io.Writer {
	if t.over() {
		panic("Output called after " + t.name + " has completed")
	}
	return output{t}
}

type output struct{ t *T }

// Write keeps p.
func (o output) Write(p []byte) (int, error) {
	text := string(p)
	if o.t.over() {
		panic("Write called after " + o.t.name + " has completed")
	}
	o.t.state.say(text)
	return len(p), nil
}

// log keeps a message. Like the real one it panics once there is no test left to show it.
func (t *T) log(s string) {
	s = strings.TrimSuffix(s, "\n")
	if t.over() {
		panic("Log in goroutine after " + t.name + " has completed: " + s + "\n")
	}
	t.state.say(s)
}

// over reports whether the test and all above it have completed.
func (t *T) over() bool {
	for ; t != nil; t = t.parent {
		if !t.state.isDone() {
			return false
		}
	}
	return true
}

// wrong is a failure with a message.
func (t *T) wrong(s string) {
	t.log(s)
	t.mark()
	t.report(s)
}

// mark marks the test, and all above it, as failed.
func (t *T) mark() {
	if t.parent != nil {
		t.parent.mark()
	}
	if t.state.isDone() {
		panic("Fail in goroutine after " + t.name + " has completed")
	}
	t.failed.Swap(true)
}

// report makes a failure a finding.
func (t *T) report(message string) {
	if !t.reports {
		return
	}
	if message = strings.TrimSpace(message); message == "" {
		message = "failed without a message"
	}
	var pcs [32]uintptr
	n := runtime.Callers(2, pcs[:])
	sched.ReportAt(t.name+": "+message, pcs[:n], t.helps)
}

// helps reports whether a function of that name has called Helper, on this test or on
// one above it.
func (t *T) helps(name string) bool {
	for p := t; p != nil; p = p.parent {
		if p.state.isHelper(name) {
			return true
		}
	}
	return false
}

func (t *T) skip(s string) {
	t.log(s)
	t.SkipNow()
}

// leave ends the goroutine, the test's own or another.
func (t *T) leave() {
	t.finished.Swap(true)
	runtime.Goexit()
}
