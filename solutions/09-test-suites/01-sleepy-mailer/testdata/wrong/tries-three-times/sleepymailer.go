// caught by: explore in TestScheduleRightMailers
// Wrong: a test that fails is run again, and counts if it fails three times. That makes an
// unlucky order rarer, and does not rule it out.

// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Deliver makes one attempt to deliver a message. ctx ends when the attempt has taken too
// long. A mailer may call it from any goroutine.
type Deliver func(ctx context.Context, message string) error

// Mailer delivers messages in the background. The README has its contract.
type Mailer interface {
	Send(message string) // waits for no attempt
	Close()              // waits for the attempts under way, and gives up the rest
}

// Open returns a new mailer that delivers with deliver.
type Open func(deliver Deliver) Mailer

// T is what a test reports to, until it returns.
type T interface {
	Errorf(format string, args ...any)
}

var errBusy = errors.New("the mail server is busy")

// A trial is a T that keeps what is reported.
type trial struct {
	mu   sync.Mutex
	said []string
}

func (r *trial) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprint(format, args))
}

// threeTimes reports what the third trial reports, if the first two do, too.
func threeTimes(t T, open Open, test func(T, Open)) {
	for n := 1; ; n++ {
		var r trial
		test(&r, open)
		if len(r.said) == 0 {
			return
		}
		if n == 3 {
			t.Errorf("%q", r.said)
			return
		}
	}
}

// until sleeps, and returns when all that is due by then has been done.
func until(began time.Time, d time.Duration) {
	time.Sleep(time.Until(began.Add(d)))
}

// A count is how often something has happened by now.
type count struct{ atomic.Int64 }

func (c *count) is(t T, want int64, what string) {
	if n := c.Load(); n != want {
		t.Errorf("%d %s; want %d", n, what, want)
	}
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) { threeTimes(t, open, delivers) }

func delivers(t T, open Open) {
	began := time.Now()
	counts := map[string]*count{"welcome": {}, "invoice": {}, "receipt": {}}
	var others count
	mailer := open(func(_ context.Context, message string) error {
		if c, ok := counts[message]; ok {
			c.Add(1)
		} else {
			others.Add(1)
		}
		time.Sleep(time.Minute)
		return nil
	})
	defer mailer.Close()
	for message := range counts {
		mailer.Send(message)
	}
	if time.Since(began) != 0 {
		t.Errorf("Send waits for an attempt")
	}
	for _, d := range []time.Duration{0, 2 * time.Hour} {
		until(began, d)
		for message, c := range counts {
			c.is(t, 1, message)
		}
		others.is(t, 0, "other messages")
	}
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) { threeTimes(t, open, retries) }

func retries(t T, open Open) {
	began := time.Now()
	var first, second count
	mailer := open(func(_ context.Context, message string) error {
		if message == "second" {
			if second.Add(1) == 3 {
				return nil
			}
			return errBusy
		}
		first.Add(1)
		time.Sleep(time.Second)
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("first")
	for _, look := range []struct {
		at            time.Duration
		first, second int64
	}{
		{0, 1, 0}, {1999, 1, 0}, {2000, 2, 0}, {4999, 2, 0}, {5000, 3, 0}, {9999, 3, 0}, {10000, 4, 0},
		{3600000, 4, 0},
	} {
		until(began, look.at*time.Millisecond)
		first.is(t, look.first, "attempts of the first message")
	}

	began = time.Now()
	mailer.Send("first")
	until(began, 1500*time.Millisecond) // it pauses
	mailer.Send("second")
	for _, look := range []struct {
		at     time.Duration
		second int64
	}{{1500, 1}, {2499, 1}, {2500, 2}, {4499, 2}, {4500, 3}, {3600000, 3}} {
		until(began, look.at*time.Millisecond)
		second.is(t, look.second, "attempts of the second message")
	}
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) { threeTimes(t, open, timesOut) }

func timesOut(t T, open Open) {
	began := time.Now()
	var attempts, ends count
	mailer := open(func(ctx context.Context, _ string) error {
		n := attempts.Add(1)
		give, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		select {
		case <-ctx.Done():
			ends.Add(1)
		case <-give.Done():
		}
		time.Sleep(time.Second)
		if n == 2 {
			return nil
		}
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("newsletter")
	for _, look := range []struct {
		at             time.Duration
		attempts, ends int64
	}{
		{0, 1, 0}, {29999, 1, 0}, {30000, 1, 1}, {31999, 1, 1}, {32000, 2, 1}, {61999, 2, 1}, {62000, 2, 2},
		{3600000, 2, 2},
	} {
		until(began, look.at*time.Millisecond)
		attempts.is(t, look.attempts, "attempts")
		ends.is(t, look.ends, "contexts have ended")
	}
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) { threeTimes(t, open, closes) }

func closes(t T, open Open) {
	for _, takes := range []time.Duration{0, time.Hour} {
		began := time.Now()
		var attempts, closed count
		mailer := open(func(_ context.Context, message string) error {
			attempts.Add(1)
			switch message {
			case "short":
				time.Sleep(takes / 2)
			case "long":
				time.Sleep(takes)
			}
			return errBusy
		})
		for _, message := range []string{"short", "long", "fails"} {
			mailer.Send(message)
		}
		until(began, time.Second/2)
		done := make(chan struct{})
		go func() {
			mailer.Close()
			closed.Add(1)
			close(done)
		}()
		time.Sleep(time.Millisecond)
		mailer.Send("late")
		if takes > 0 {
			closed.is(t, 0, "calls of Close have returned while two attempts were under way")
			until(began, takes-time.Second)
			closed.is(t, 0, "calls of Close have returned while an attempt was under way")
			until(began, takes)
		}
		closed.is(t, 1, "calls of Close have returned though nothing was under way")
		mailer.Send("too late")
		until(began, 2*time.Hour)
		attempts.is(t, 3, "attempts")
		<-done
	}
}
