package sleepymailer_test

import (
	"context"
	"sync"
	"time"

	"heisenkata/exercises/09-test-suites/01-sleepy-mailer"
)

// A plan says when a mailer does what.
type plan struct {
	// pause is how long to wait after so many attempts have failed, the last of which took so long;
	// false if the message is given up.
	pause func(failed int, took time.Duration) (time.Duration, bool)

	// timeout is how long attempt n may take; 0 if there is no limit.
	timeout func(n int) time.Duration
}

func rightPlan() plan {
	return plan{pauses(time.Second, 2*time.Second, 4*time.Second), timeout(30 * time.Second)}
}

func pauses(list ...time.Duration) func(int, time.Duration) (time.Duration, bool) {
	return func(failed int, _ time.Duration) (time.Duration, bool) {
		if failed > len(list) {
			return 0, false
		}
		return list[failed-1], true
	}
}

func timeout(d time.Duration) func(int) time.Duration {
	return func(int) time.Duration { return d }
}

// after is closed when d has passed. It sleeps, since the explorer sets timers that are due at
// the same instant apart by a nanosecond, but not goroutines that sleep.
func after(d time.Duration) <-chan struct{} {
	passed := make(chan struct{})
	go func() {
		time.Sleep(d)
		close(passed)
	}()
	return passed
}

// A limit is the context of an attempt. All mailers, right or broken, have this type of context.
type limit struct {
	done     chan struct{}
	once     sync.Once
	err      error
	deadline time.Time
}

// newLimit returns a context that ends after d, with err; if d is 0, only end ends it.
func newLimit(d time.Duration, err error, tellsDeadline bool) *limit {
	l := &limit{done: make(chan struct{})}
	if d == 0 {
		return l
	}
	if tellsDeadline {
		l.deadline = time.Now().Add(d)
	}
	go func() {
		select {
		case <-after(d):
			l.end(err)
		case <-l.done:
		}
	}()
	return l
}

func (l *limit) end(err error) {
	l.once.Do(func() {
		l.err = err
		close(l.done)
	})
}

func (l *limit) Deadline() (time.Time, bool) { return l.deadline, !l.deadline.IsZero() }
func (l *limit) Done() <-chan struct{}       { return l.done }
func (l *limit) Value(any) any               { return nil }

func (l *limit) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// parts are a mailer of which a fault may replace either method.
type parts struct {
	send  func(message string)
	close func()
}

func partsOf(m sleepymailer.Mailer) *parts { return &parts{m.Send, m.Close} }

// A sealed mailer is what a suite sees, of every mailer. Neither its type nor what it prints as
// tells one from another.
type sealed struct{ *hidden }

type hidden struct {
	*parts
	mu     sync.Mutex
	closed bool // Close has returned
}

func (s *sealed) Send(message string) { s.send(message) }

func (s *sealed) Close() {
	s.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

func (s *sealed) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// A watch knows how many attempts are under way.
type watch struct {
	mu    sync.Mutex
	now   int
	ended chan struct{} // closed when the next one ends
	idle  chan struct{} // closed when none is under way
}

func (w *watch) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now++; w.now == 1 {
		w.ended, w.idle = make(chan struct{}), make(chan struct{})
	}
}

func (w *watch) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.ended)
	w.ended = make(chan struct{})
	if w.now--; w.now == 0 {
		close(w.idle)
	}
}

// next is closed when an attempt ends, and last when none is under way.
func (w *watch) next() <-chan struct{} { return w.channel(func() chan struct{} { return w.ended }) }
func (w *watch) last() <-chan struct{} { return w.channel(func() chan struct{} { return w.idle }) }

func (w *watch) channel(which func() chan struct{}) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now > 0 {
		return which()
	}
	none := make(chan struct{})
	close(none)
	return none
}

// extras are attempts that a fault makes on its own. None begins after close, which waits for
// those under way: the fault is in the attempts, not in Close.
type extras struct {
	deliver attempt
	mu      sync.Mutex
	closed  bool
	under   sync.WaitGroup
}

// later makes an attempt after d.
func (e *extras) later(d time.Duration, message string) {
	go func() {
		time.Sleep(d)
		e.mu.Lock()
		closed := e.closed
		if !closed {
			e.under.Add(1)
		}
		e.mu.Unlock()
		if !closed {
			defer e.under.Done()
			e.deliver(newLimit(30*time.Second, context.Canceled, false), message, 0)
		}
	}()
}

// closing is the close of a mailer that has extras.
func (e *extras) closing(inner func()) func() {
	return func() {
		e.mu.Lock()
		e.closed = true
		e.mu.Unlock()
		inner()
		e.under.Wait()
	}
}
