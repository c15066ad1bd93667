// Package subtests has a T for suites of tests that are themselves under test. Its Run, Parallel,
// Cleanup, Errorf and Fatalf do what those of testing.T do; the reports go to a Report.
package subtests

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
)

// A Mode says how parallel subtests run. Package testing allows both.
type Mode int

const (
	Together Mode = iota // all at the same time
	OneByOne             // one after the other, in random order, as with -parallel=1
)

// A Report is what the tests of one Run have said.
type Report struct {
	mu   sync.Mutex
	said []string
	late []string
}

// Said returns what tests reported before they ended, with their names.
func (r *Report) Said() []string { return r.copy(&r.said) }

// Late returns what was reported to tests that had ended. Package testing panics at that, or
// loses it.
func (r *Report) Late() []string { return r.copy(&r.late) }

func (r *Report) copy(list *[]string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), *list...)
}

// A T is a test. Its parallel subtests begin when it has returned, and its cleanups run
// when they have ended.
type T struct {
	parent *T
	name   string
	mode   Mode
	report *Report

	paused chan struct{} // closed by Parallel
	start  chan struct{} // closed when a parallel test may go on
	done   chan struct{} // closed when the test has ended

	mu       sync.Mutex
	waiting  []*T // parallel subtests
	cleanups []func()
	parallel bool
	failed   bool
	cleaning bool // its cleanups have begun
	ended    bool
}

// Run runs f as a test, with its subtests, and returns what it has reported. Later reports are
// added to it.
func Run(name string, mode Mode, f func(*T)) *Report {
	t := newT(nil, name, mode, &Report{})
	go t.run(f)
	<-t.done
	return t.report
}

func newT(parent *T, name string, mode Mode, r *Report) *T {
	return &T{parent: parent, name: name, mode: mode, report: r,
		paused: make(chan struct{}), start: make(chan struct{}), done: make(chan struct{})}
}

func (t *T) run(f func(*T)) {
	defer t.end() // also if f calls Fatalf
	f(t)
}

func (t *T) end() {
	defer close(t.done)
	t.runParallel()
	defer t.setEnded()
	t.setCleaning()
	t.clean()
}

func (t *T) setCleaning() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleaning = true
}

func (t *T) isCleaning() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cleaning
}

func (t *T) setEnded() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
}

func (t *T) runParallel() {
	t.mu.Lock()
	subs := t.waiting
	t.mu.Unlock()
	if t.mode == OneByOne {
		for _, i := range rand.Perm(len(subs)) {
			close(subs[i].start)
			<-subs[i].done
		}
		return
	}
	for _, sub := range subs {
		close(sub.start)
	}
	for _, sub := range subs {
		<-sub.done
	}
}

// clean runs the cleanups, the last first, also if one of them calls Fatalf.
func (t *T) clean() {
	for {
		t.mu.Lock()
		n := len(t.cleanups)
		if n == 0 {
			t.mu.Unlock()
			return
		}
		f := t.cleanups[n-1]
		t.cleanups = t.cleanups[:n-1]
		t.mu.Unlock()
		done := false
		func() {
			defer func() {
				if !done { // Goexit or a panic: the others still run
					t.clean()
				}
			}()
			f()
			done = true
		}()
	}
}

// Run runs f as a subtest. It returns when f has returned or has called Parallel, and tells
// whether it has not failed so far.
func (t *T) Run(name string, f func(*T)) bool {
	if t.Ended() {
		panic("subtests: Run is called after " + t.name + " has ended")
	}
	if t.isCleaning() {
		panic("subtests: Run is called in a Cleanup of " + t.name)
	}
	sub := newT(t, t.name+"/"+name, t.mode, t.report)
	go sub.run(f)
	select {
	case <-sub.done:
	case <-sub.paused:
	}
	return !sub.Failed()
}

// Parallel waits until the parent has returned, and lets the test run in parallel with the other
// parallel tests of the parent.
func (t *T) Parallel() {
	t.mu.Lock()
	again := t.parallel
	t.parallel = true
	t.mu.Unlock()
	if again {
		panic("subtests: Parallel is called twice in " + t.name)
	}
	if t.parent == nil {
		return
	}
	t.parent.mu.Lock()
	t.parent.waiting = append(t.parent.waiting, t)
	t.parent.mu.Unlock()
	close(t.paused)
	<-t.start
}

// IsParallel reports whether Parallel has been called.
func (t *T) IsParallel() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.parallel
}

// Cleanup has f called when the test and all its subtests have ended.
func (t *T) Cleanup(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanups = append(t.cleanups, f)
}

// Errorf reports a failure.
func (t *T) Errorf(format string, args ...any) {
	late := t.Ended()
	for at := t; at != nil && !late; at = at.parent {
		at.mu.Lock()
		at.failed = true
		at.mu.Unlock()
	}
	t.report.add(late, t.name+": "+fmt.Sprintf(format, args...))
}

func (r *Report) add(late bool, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if late {
		r.late = append(r.late, text)
		return
	}
	r.said = append(r.said, text)
}

// Fatalf is Errorf, and ends the goroutine that calls it.
func (t *T) Fatalf(format string, args ...any) {
	t.Errorf(format, args...)
	runtime.Goexit()
}

// Ended reports whether the test, its subtests and its cleanups have ended.
func (t *T) Ended() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}

// Failed reports whether the test or one of its subtests has reported a failure.
func (t *T) Failed() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.failed
}
