// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
	"fmt"
	"strings"
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

// A timetable has the times at which the attempts of each message are due, and how long each
// of them takes. deliver crosses out what comes.
type timetable struct {
	T
	began  time.Time
	mu     sync.Mutex
	due    map[string][]time.Duration
	takes  time.Duration
	last   error // what the last attempt of a message returns
	wrong  []string
	closes []time.Duration
}

func (tt *timetable) deliver(_ context.Context, message string) error {
	now := time.Since(tt.began)
	tt.mu.Lock()
	list := tt.due[message]
	if len(list) == 0 || list[0] != now {
		tt.wrong = append(tt.wrong, fmt.Sprintf("%s at %v", message, now))
	}
	result := tt.last
	if len(list) > 0 {
		tt.due[message] = list[1:]
	}
	if len(list) > 1 {
		result = errBusy
	}
	tt.mu.Unlock()
	time.Sleep(tt.takes)
	return result
}

// finish waits for what may still come, and reports what was wrong or did not come.
func (tt *timetable) finish() {
	time.Sleep(time.Hour)
	synctest.Wait()
	tt.mu.Lock()
	defer tt.mu.Unlock()
	for message, left := range tt.due {
		if len(left) > 0 {
			tt.wrong = append(tt.wrong, fmt.Sprint("no ", message, " at ", left))
		}
	}
	if len(tt.wrong) > 0 {
		tt.Errorf("not as planned: %s", strings.Join(tt.wrong, ", "))
	}
}

func seconds(list ...float64) (due []time.Duration) {
	for _, s := range list {
		due = append(due, time.Duration(s*float64(time.Second)))
	}
	return due
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	tt := &timetable{T: t, began: time.Now(), takes: time.Second, due: map[string][]time.Duration{
		"one": seconds(0), "two": seconds(0), "three": seconds(0)}}
	mailer := open(tt.deliver)
	defer mailer.Close()
	mailer.Send("one")
	mailer.Send("two")
	mailer.Send("three")
	if time.Since(tt.began) > 0 {
		t.Errorf("Send waits")
	}
	tt.finish()
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	for _, last := range []error{errBusy, nil} {
		tt := &timetable{T: t, began: time.Now(), takes: 500 * time.Millisecond, last: last, due: map[string][]time.Duration{
			"one": seconds(0, 1.5, 4, 8.5), "two": seconds(0.7, 2.2, 4.7, 9.2)}}
		if last == nil {
			tt.due = map[string][]time.Duration{"one": seconds(0, 1.5), "two": seconds(0.7, 2.2, 4.7)}
		}
		mailer := open(tt.deliver)
		mailer.Send("one")
		time.Sleep(700 * time.Millisecond)
		mailer.Send("two")
		tt.finish()
		mailer.Close()
	}
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	tt := &timetable{T: t, began: time.Now(), due: map[string][]time.Duration{"slow": seconds(0, 31.5, 64)}}
	mailer := open(func(ctx context.Context, message string) error {
		err := tt.deliver(ctx, message)
		began := time.Now()
		select {
		case <-ctx.Done():
		case <-time.After(time.Minute + 10*time.Second):
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("a context ended after %v", took)
		}
		time.Sleep(500 * time.Millisecond)
		return err
	})
	defer mailer.Close()
	mailer.Send("slow")
	tt.finish()
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) {
	tt := &timetable{T: t, began: time.Now(), last: errBusy, due: map[string][]time.Duration{
		"fails": seconds(0, 1), "a minute": seconds(0), "two minutes": seconds(0)}}
	mailer := open(func(ctx context.Context, message string) error {
		err := tt.deliver(ctx, message)
		switch message {
		case "a minute":
			time.Sleep(time.Minute)
		case "two minutes":
			time.Sleep(2 * time.Minute)
		}
		return err
	})
	mailer.Send("a minute")
	mailer.Send("two minutes")
	mailer.Send("fails")
	time.Sleep(2 * time.Second)
	mailer.Close()
	if d := time.Since(tt.began); d != 2*time.Minute {
		t.Errorf("Close returned after %v", d)
	}
	mailer.Send("fails")
	tt.finish()

	tt = &timetable{T: t, began: time.Now(), last: errBusy, due: map[string][]time.Duration{"fails": seconds(0, 1)}}
	mailer = open(tt.deliver)
	mailer.Send("fails")
	time.Sleep(1500 * time.Millisecond)
	mailer.Close()
	if d := time.Since(tt.began); d != 1500*time.Millisecond {
		t.Errorf("Close returned after %v", d)
	}
	tt.finish()
}
