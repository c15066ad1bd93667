package sleepymailer_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"heisenkata/exercises/09-test-suites/01-sleepy-mailer"
)

// limitOf is how long an attempt may take.
const limitOf = 30 * time.Second

// tooLong is an error of a context that is neither of those of package context.
type tooLong struct{}

func (tooLong) Error() string { return "the attempt has taken too long" }

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

// A limit is the context of an attempt. All mailers, right or broken, have this type of context, and
// it does not print when it ends.
type limit struct{ *lease }

type lease struct {
	began    time.Time
	after    time.Duration // when it ends; 0 if it does not
	deadline time.Time     // what it says of its end
	cause    error         // when its time is over

	asked, ended sync.Once
	done         chan struct{}
	err          error

	caused  context.Context // has a cause of its own when it ends; nil if there is none
	because context.CancelCauseFunc
}

// errTooSlow is the cause of a context that has one.
var errTooSlow = errors.New("the attempt has taken too long")

// newLimit returns a context that ends after d, with err; if d is 0, only end ends it. Whatever d is, the deadline
// that it tells is the right one or another.
func newLimit(d time.Duration, err error, tellsDeadline bool) *limit {
	l := &limit{&lease{began: time.Now(), after: d, cause: err, done: make(chan struct{})}}
	if tellsDeadline {
		l.deadline = l.began.Add(aDeadline())
	}
	if rand.IntN(2) == 0 {
		l.caused, l.because = context.WithCancelCause(context.Background())
	}
	return l
}

// aDeadline is how long after its beginning a context says that it ends.
func aDeadline() time.Duration {
	switch rand.IntN(6) {
	case 0:
		return rand.N(limitOf)
	case 1:
		return limitOf + rand.N(time.Hour)
	case 2:
		return -rand.N(time.Hour)
	}
	return limitOf
}

func (l *limit) end(err error) {
	l.ended.Do(func() {
		l.err = err
		if l.caused != nil {
			l.because(errTooSlow)
		}
		close(l.done)
	})
}

func (l *limit) Deadline() (time.Time, bool) { return l.deadline, !l.deadline.IsZero() }

// Value is where context.Cause finds out.
func (l *limit) Value(key any) any {
	if l.caused == nil {
		return nil
	}
	return l.caused.Value(key)
}

// Done makes sure that the context ends in time. It needs no goroutine before it is asked.
func (l *limit) Done() <-chan struct{} {
	l.asked.Do(l.begin)
	return l.done
}

func (l *limit) begin() {
	switch left := l.after - time.Since(l.began); {
	case l.after == 0:
	case left <= 0:
		l.end(l.cause)
	default:
		go func() {
			time.Sleep(left)
			l.end(l.cause)
		}()
	}
}

func (l *limit) Err() error {
	select {
	case <-l.Done():
		return l.err
	default:
		return nil
	}
}

// A sealed mailer is what a suite sees, of every mailer. Neither its type nor what it prints as
// tells one from another. They cannot be compared.
type sealed struct {
	*hidden
	_ [0]func()
}

type hidden struct {
	sleepymailer.Mailer
	mu     sync.Mutex
	closed bool // Close has returned
}

func (s sealed) Send(message string) { s.Mailer.Send(message) }

func (s sealed) Close() {
	s.Mailer.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
}

func (s sealed) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}
