package sched

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Kind is what a schedule came to.
type Kind string

// The kinds of findings.
const (
	Race         Kind = "race"
	Wrong        Kind = "wrong"
	Panic        Kind = "panic"
	Deadlock     Kind = "deadlock"
	Leak         Kind = "leak"
	Running      Kind = "running"
	Unexplorable Kind = "unexplorable"
)

// Finding is what one schedule showed.
type Finding struct {
	Kind    Kind      `json:"kind"`
	Text    string    `json:"text"`              // the test's message, the panic's value, or why
	Stack   string    `json:"stack,omitempty"`   // of a panic
	Waiting []Waiting `json:"waiting,omitempty"` // who waited for what, at the end
	Also    string    `json:"also,omitempty"`    // what else the schedule showed
	Offset  int64     `json:"offset,omitempty"`  // of a race's report in the log
	doubt   bool      // the finding depends on a clock that ran faster than goroutines could
}

// Waiting is a goroutine that could not go on.
type Waiting struct {
	G      int32   `json:"g"`
	Op     string  `json:"op"`
	Site   uint32  `json:"site,omitempty"`
	Obj    int     `json:"obj,omitempty"`
	Frames []Frame `json:"frames,omitempty"`
	Holder int32   `json:"holder"` // the goroutine that holds what it waits for, or -1
	Native bool    `json:"native,omitempty"`
}

// Frame is a position in a call stack.
type Frame struct {
	Func string `json:"func"`
	File string `json:"file"`
	Line int    `json:"line"`
}

//go:norace
func (c *Controller) report(f Finding) {
	if c.finding == nil {
		f.doubt = c.longSlip
		c.finding = &f
	}
}

// Report records a finding of the schedule that is running.
//
//go:norace
func Report(kind Kind, text string) {
	if c := at(); c != nil {
		c.report(Finding{Kind: kind, Text: text})
	}
}

func panicFinding(r any) Finding {
	text := fmt.Sprint(r)
	if err, ok := r.(runtime.Error); ok {
		text = err.Error()
	}
	return Finding{Kind: Panic, Text: text, Stack: string(debug.Stack())}
}

// frames resolves call stacks, without those of the explorer.
func frames(pcs []uintptr) (out []Frame) {
	if len(pcs) == 0 {
		return nil
	}
	it := runtime.CallersFrames(pcs)
	for {
		f, more := it.Next()
		if f.File != "" && !Own(f.Function) {
			out = append(out, Frame{Func: f.Function, File: f.File, Line: f.Line})
		}
		if !more {
			return out
		}
	}
}
