// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
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

// An office announces each attempt on a channel, and lets it take as long as its message says.
type office struct {
	T
	attempts chan string
}

func newOffice(t T) office { return office{t, make(chan string, 1000)} }

// expect waits until nothing can run, and reports unless exactly these attempts have begun
// since the last call, in any order.
func (o office) expect(messages ...string) {
	synctest.Wait()
	missing := map[string]int{}
	for _, message := range messages {
		missing[message]++
	}
	for len(o.attempts) > 0 {
		missing[<-o.attempts]--
	}
	for message, n := range missing {
		if n != 0 {
			o.Errorf("%s: %d attempts too few", message, n)
		}
	}
}

// after is expect when d has passed, before which there is nothing.
func (o office) after(d time.Duration, messages ...string) {
	time.Sleep(d - 1)
	o.expect()
	time.Sleep(1)
	o.expect(messages...)
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	o := newOffice(t)
	mailer := open(func(_ context.Context, message string) error {
		o.attempts <- message
		time.Sleep(time.Second)
		return nil
	})
	began := time.Now()
	mailer.Send("a")
	mailer.Send("b")
	mailer.Send("c")
	o.expect("a", "b", "c")
	if time.Since(began) > 0 {
		t.Errorf("Send waits")
	}
	o.after(time.Hour)
	mailer.Close()
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	o := newOffice(t)
	again := make(chan error, 2)
	again <- errBusy
	mailer := open(func(_ context.Context, message string) error {
		o.attempts <- message
		if message == "c" {
			select {
			case err := <-again:
				return err
			default:
				return nil
			}
		}
		time.Sleep(700 * time.Millisecond)
		return errBusy
	})
	mailer.Send("a")
	o.expect("a")
	o.after(1700*time.Millisecond, "a")
	o.after(time.Second)
	mailer.Send("b")
	o.expect("b")
	o.after(1700*time.Millisecond, "a", "b") // a is due 2.7 s after its second attempt, b 1.7 s after its first
	o.after(2700*time.Millisecond, "b")
	o.after(2*time.Second, "a")
	o.after(2700*time.Millisecond, "b")
	mailer.Send("c")
	o.expect("c")
	o.after(time.Second, "c")
	o.after(time.Hour)
	mailer.Close()
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	o := newOffice(t)
	result := make(chan error, 2)
	result <- errBusy
	result <- nil
	mailer := open(func(ctx context.Context, message string) error {
		o.attempts <- "begins"
		select {
		case <-ctx.Done():
			o.attempts <- "ends"
		case <-time.After(3 * time.Minute):
		}
		time.Sleep(10 * time.Second)
		select {
		case err := <-result:
			return err
		default:
			return errBusy
		}
	})
	mailer.Send("a")
	o.expect("begins")
	o.after(30*time.Second, "ends")
	o.after(11*time.Second, "begins")
	o.after(30*time.Second, "ends")
	o.after(time.Hour)
	mailer.Close()
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) {
	o := newOffice(t)
	takes := map[string]time.Duration{"b": time.Second, "c": time.Minute}
	mailer := open(func(_ context.Context, message string) error {
		o.attempts <- message
		time.Sleep(takes[message])
		return errBusy
	})
	for _, message := range []string{"a", "b", "c"} {
		mailer.Send(message)
	}
	o.expect("a", "b", "c")
	closed := make(chan bool, 2)
	go func() {
		mailer.Close()
		closed <- true
	}()
	o.after(time.Minute - time.Second)
	if len(closed) > 0 {
		t.Errorf("Close does not wait")
	}
	o.after(time.Second)
	if len(closed) == 0 {
		t.Errorf("Close waits for more than the attempts")
	}
	mailer.Send("d")
	o.after(time.Hour)

	mailer = open(func(_ context.Context, message string) error {
		o.attempts <- message
		return errBusy
	})
	mailer.Send("a")
	o.expect("a")
	go func() {
		mailer.Close()
		closed <- true
	}()
	o.expect()
	if len(closed) != 2 {
		t.Errorf("Close waits for a pause")
	}
	o.after(time.Hour)
}
