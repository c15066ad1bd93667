// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

// moment is less than any mailer is wrong by. A test that looks a moment before something is
// due, and a moment after it, never looks at the same instant at which it happens.
const moment = time.Millisecond

// A tally counts what happens.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func newTally() *tally { return &tally{n: map[string]int{}} }

// add counts, and returns how many there are now.
func (c *tally) add(what string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n[what]++
	return c.n[what]
}

func (c *tally) check(t T, when, what string, want int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n[what] != want {
		t.Errorf("%s: %d times %s; want %d", when, c.n[what], what, want)
	}
}

// next checks that what happens once more after d, and not before.
func (c *tally) next(t T, d time.Duration, what string, n int) {
	time.Sleep(d - 2*moment)
	c.check(t, fmt.Sprint("before ", d), what, n-1)
	time.Sleep(2 * moment)
	c.check(t, fmt.Sprint("after ", d), what, n)
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	c := newTally()
	mailer := open(func(_ context.Context, message string) error {
		c.add(message)
		time.Sleep(time.Minute)
		return nil
	})
	defer mailer.Close()
	messages := []string{"a", "b", "c"}
	began := time.Now()
	for _, message := range messages {
		mailer.Send(message)
	}
	if took := time.Since(began); took > 0 {
		t.Errorf("Send took %v", took)
	}
	for _, pause := range []time.Duration{moment, 2 * time.Minute, 2 * time.Hour} {
		time.Sleep(pause)
		for _, message := range messages {
			c.check(t, fmt.Sprint("after ", pause), message, 1)
		}
	}
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	c := newTally()
	const takes = time.Second
	mailer := open(func(_ context.Context, message string) error {
		c.add(message)
		time.Sleep(takes)
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("a")
	time.Sleep(moment)
	c.check(t, "at once", "a", 1)
	c.next(t, takes+time.Second, "a", 2)
	c.next(t, takes+2*time.Second, "a", 3)
	c.next(t, takes+4*time.Second, "a", 4)
	time.Sleep(time.Minute)
	c.check(t, "a minute later", "a", 4)

	c = newTally()
	mailer = open(func(_ context.Context, message string) error {
		if c.add(message) == 3 {
			return nil
		}
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("b")
	time.Sleep(500 * time.Millisecond)
	mailer.Send("c")
	time.Sleep(moment)
	c.check(t, "during a pause of another one", "c", 1)
	c.next(t, time.Second, "c", 2)
	time.Sleep(time.Hour)
	c.check(t, "an hour later", "b", 3)
	c.check(t, "an hour later", "c", 3)
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	c := newTally()
	mailer := open(func(ctx context.Context, _ string) error {
		n := c.add("begin")
		select {
		case <-ctx.Done():
			c.add("end")
		case <-time.After(2 * time.Minute):
		}
		time.Sleep(20 * time.Second)
		if n == 2 {
			return nil
		}
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("a")
	time.Sleep(moment)
	c.next(t, 30*time.Second, "end", 1)
	c.next(t, 21*time.Second, "begin", 2)
	c.next(t, 30*time.Second, "end", 2)
	time.Sleep(time.Hour)
	c.check(t, "an hour later", "begin", 2)
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) {
	c := newTally()
	mailer := open(func(_ context.Context, message string) error {
		c.add("attempt")
		switch message {
		case "short":
			time.Sleep(time.Minute)
		case "long":
			time.Sleep(time.Hour)
		}
		return errBusy
	})
	mailer.Send("short")
	mailer.Send("long")
	mailer.Send("fails")
	time.Sleep(moment)
	c.check(t, "at once", "attempt", 3)
	began := time.Now()
	mailer.Close()
	if took := time.Since(began); took != time.Hour-moment {
		t.Errorf("Close took %v; want an hour", took)
	}
	mailer.Send("late")
	time.Sleep(time.Minute)
	c.check(t, "after Close", "attempt", 3)

	c = newTally()
	mailer = open(func(context.Context, string) error {
		c.add("attempt")
		return errBusy
	})
	mailer.Send("fails")
	time.Sleep(moment)
	began = time.Now()
	mailer.Close()
	if took := time.Since(began); took > 0 {
		t.Errorf("Close took %v, and nothing was under way", took)
	}
	time.Sleep(time.Minute)
	c.check(t, "after Close", "attempt", 1)
}
