package sched

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/wire"
)

// The kinds of findings.
const (
	Race         = wire.Race
	Wrong        = wire.Wrong
	Panic        = wire.Panic
	Deadlock     = wire.Deadlock
	Leak         = wire.Leak
	Running      = wire.Running
	Timing       = wire.Timing
	Unexplorable = wire.Unexplorable
	Paused       = wire.Paused
)

// Finding is what one schedule showed.
type Finding = wire.Finding

// report records what the schedule has come to. The first thing counts. After a
// stall that no machine has, nothing does; after a shorter one, not what may be a
// bound of the test's own.
//
//go:norace
func (c *Controller) report(f Finding) {
	if c.finding == nil {
		if c.awaitsFinalizer(&f) {
			f = Finding{Kind: Unexplorable, Text: "it asks for a collection (runtime.GC) and may wait for a finalizer or cleanup, which no schedule decides"}
		}
		stall := c.slipped
		if f.Kind == Leak {
			stall = c.stalled // what is left is left, however long the test took
		}
		f.Doubt = c.early && (stall >= longStall || f.Kind == Wrong || f.Kind == Panic && !runtimePanic(f.Stack))
		c.finding = &f
		c.failedAt = moment{len(c.steplog), c.marked}
		if RaceOn {
			ReleaseMerge(unsafe.Pointer(&epoch)) // it is read after the schedule
		}
	}
}

// Report records a finding of the schedule that is running.
//
//go:norace
func Report(kind wire.Kind, text string) {
	if c := at(); c != nil {
		c.report(Finding{Kind: kind, Text: text})
	}
}

// ReportAt records that the test has failed, and by which calls.
func ReportAt(text string, pcs []uintptr, helper func(name string) bool) {
	c := at()
	if c == nil {
		return
	}
	var calls []wire.Frame
	for _, f := range frames(pcs) {
		if f.Func = wire.AuthorsName(f.Func); !helper(f.Func) {
			calls = append(calls, f)
		}
	}
	if c.unsound != "" {
		c.report(*unsoundFinding(c.unsound, text))
		return
	}
	c.report(Finding{Kind: Wrong, Text: text, At: calls, Unsound: c.gauged})
}

func unsoundFinding(why, text string) *Finding {
	return &Finding{Kind: Unexplorable, Text: "it " + why + ", and then fails: " + text}
}

// NoteSignals records that the test asks for signals.
//
//go:norace
func NoteSignals() {
	if c := at(); c != nil {
		c.signals = true
	}
}

const measures = "measures memory, which the explorer uses too"

// NoteMeasured records that the test has read how much memory is in use.
func NoteMeasured() { noteUnsound(measures) }

// NoteGauged records that something has read how much memory is in use. If it is not the
// test itself, such as a server's gauge, a failure may have nothing to do with it.
func NoteGauged() {
	c := at()
	if c == nil {
		return
	}
	if _, file, _, _ := runtime.Caller(2); strings.HasSuffix(file, "_test.go") {
		c.unsound = measures
	} else {
		c.gauged = measures
	}
}

// Profiled records that the test looks at a profile, whose name it returns.
func Profiled(name string) string {
	noteUnsound("looks at a profile of the process, in which the explorer is, too")
	return name
}

// NoteFileTime records that the test has read when a file was written, if that was since the
// process began, or later than the bubble's clock shows.
//
//go:norace
func NoteFileTime(written time.Time) {
	if at() != nil && (written.After(origin) || written.UnixNano() > instant()) {
		noteUnsound("looks at the time of a file, which is not on the schedule's clock")
	}
}

//go:norace
func noteUnsound(why string) {
	if c := at(); c != nil {
		c.unsound = why
	}
}

func panicFinding(r any) Finding {
	text := fmt.Sprint(r)
	if err, ok := r.(runtime.Error); ok {
		text = err.Error()
	}
	return Finding{Kind: Panic, Text: text, Stack: string(debug.Stack()), At: panicked()}
}

// panicked are the calls that a panic came through. A deferred function, which is where it is
// recovered, is called on top of them.
func panicked() (calls []wire.Frame) {
	var pcs [64]uintptr
	for _, f := range frames(pcs[:runtime.Callers(0, pcs[:])]) {
		f.Func = wire.AuthorsName(f.Func)
		if calls = append(calls, f); f.Func == "runtime.gopanic" {
			calls = nil // what was called since
		}
	}
	return calls
}

// frames resolves call stacks, without those of the explorer.
func frames(pcs []uintptr) (out []wire.Frame) {
	if len(pcs) == 0 {
		return nil
	}
	it := runtime.CallersFrames(pcs)
	for {
		f, more := it.Next()
		if f.File != "" && !Own(f.Function) {
			out = append(out, wire.Frame{Func: f.Function, File: f.File, Line: f.Line})
		}
		if !more {
			return out
		}
	}
}
