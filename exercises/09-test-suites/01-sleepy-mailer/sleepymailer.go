// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
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

// inbox is where messages arrive.
var inbox mailbox

type mailbox struct {
	mu       sync.Mutex
	messages []string
}

func (b *mailbox) put(_ context.Context, message string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.messages = append(b.messages, message)
	return nil
}

func (b *mailbox) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.messages)
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	mailer := open(inbox.put)
	defer mailer.Close()
	mailer.Send("welcome")
	mailer.Send("invoice")
	time.Sleep(10 * time.Millisecond) // until both have arrived
	if n := inbox.count(); n != 2 {
		t.Errorf("2 messages were sent, and %d have arrived", n)
	}
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	var attempts atomic.Int64
	mailer := open(func(context.Context, string) error {
		attempts.Add(1)
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("invoice")
	for i, pause := range []time.Duration{1, 2, 4} {
		time.Sleep(pause * time.Second)
		if n := attempts.Load(); n < int64(i+2) {
			t.Errorf("attempts that have begun: %d; want %d", n, i+2)
		}
	}
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	var ended atomic.Bool
	mailer := open(func(ctx context.Context, _ string) error {
		select {
		case <-ctx.Done():
			ended.Store(true)
		case <-time.After(time.Minute):
		}
		return errBusy
	})
	defer mailer.Close()
	mailer.Send("newsletter")
	time.Sleep(30 * time.Second)
	if !ended.Load() {
		t.Errorf("an attempt has taken 30 seconds, and its context has not ended")
	}
}

// Closes tests that Close waits for the attempt under way.
func Closes(t T, open Open) {
	before := inbox.count()
	mailer := open(func(ctx context.Context, message string) error {
		time.Sleep(10 * time.Second)
		return inbox.put(ctx, message)
	})
	defer mailer.Close()
	mailer.Send("goodbye")
	go func() {
		mailer.Close()
		if inbox.count() == before {
			t.Errorf("Close has returned, and the attempt under way has not")
		}
	}()
	time.Sleep(10 * time.Second)
}
