// caught by: tests in TestDelivers
// Wrong: ten minutes seem long, and what comes after them is not seen. In a bubble an hour costs
// no more.

// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing/synctest"
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

// A journal has what happens in one test, and when: "3s invoice".
type journal struct {
	began time.Time
	mu    sync.Mutex
	lines []string
}

func newJournal() *journal { return &journal{began: time.Now()} }

func (j *journal) note(text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprint(time.Since(j.began), " ", text))
}

// expect lets ten minutes pass, and reports unless exactly these lines have been noted, in any order.
func (j *journal) expect(t T, want ...string) {
	time.Sleep(10 * time.Minute)
	synctest.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	got := slices.Sorted(slices.Values(j.lines))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	j := newJournal()
	mailer := open(func(_ context.Context, message string) error {
		j.note(message)
		time.Sleep(10 * time.Second)
		return nil
	})
	defer mailer.Close()
	for _, message := range []string{"welcome", "invoice", "receipt"} {
		mailer.Send(message)
	}
	j.note("all sent")
	j.expect(t, "0s welcome", "0s invoice", "0s receipt", "0s all sent")
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	j := newJournal()
	mailer := open(func(_ context.Context, message string) error {
		j.note(message)
		time.Sleep(3 * time.Second)
		if message == "receipt" && time.Since(j.began) > 10*time.Second {
			return nil
		}
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("invoice")
	time.Sleep(3500 * time.Millisecond) // the invoice pauses
	mailer.Send("receipt")
	j.expect(t, "0s invoice", "4s invoice", "9s invoice", "16s invoice", "3.5s receipt", "7.5s receipt")
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	j := newJournal()
	mailer := open(func(ctx context.Context, _ string) error {
		j.note("begins")
		select {
		case <-ctx.Done():
			j.note("times out")
		case <-time.After(2 * time.Minute):
			j.note("does not time out")
		}
		time.Sleep(5 * time.Second)
		if time.Since(j.began) > time.Minute {
			return nil // late, and delivered
		}
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("newsletter")
	j.expect(t, "0s begins", "30s times out", "36s begins", "1m6s times out")
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) {
	j := newJournal()
	deliver := func(_ context.Context, message string) error {
		j.note(message)
		switch message {
		case "short":
			time.Sleep(10 * time.Second)
		case "long":
			time.Sleep(20 * time.Second)
		}
		return errBusy
	}
	busy, pausing := open(deliver), open(deliver)
	for _, message := range []string{"fails", "short", "long"} {
		busy.Send(message)
	}
	pausing.Send("pauses")
	time.Sleep(500 * time.Millisecond)
	pausing.Close()
	j.note("closed while one pauses")
	busy.Close()
	j.note("closed while two are under way")
	busy.Send("late")
	j.expect(t, "0s fails", "0s short", "0s long", "0s pauses",
		"500ms closed while one pauses", "20s closed while two are under way")
}
