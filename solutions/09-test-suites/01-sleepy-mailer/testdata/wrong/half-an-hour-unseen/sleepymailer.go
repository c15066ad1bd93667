// caught by: tests, race or repeat in TestDelivers
// Wrong: it notes nothing from the 20th to the 49th minute. An attempt too many may begin at any time within an hour.

// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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

// A refusal is an error of a type of its own.
type refusal struct{}

func (refusal) Error() string { return "the mail server refuses" }

// failure returns one of the errors of attempts that fail: two of a context, and two others.
func failure(i int) error {
	switch i % 4 {
	case 0:
		return context.Canceled
	case 1:
		return fmt.Errorf("mail server: %w", context.DeadlineExceeded)
	case 2:
		return refusal{}
	}
	return errBusy
}

// An attempt is one that a mailer must make: when, and how it ends.
type attempt struct {
	begins, takes time.Duration
	message       string
	timesOut      bool // it takes that long from the end of its context on
	err           error
}

// An event is what happens in a test, and how long after it began.
type event struct {
	at   time.Duration
	what string
}

func inOrder(events []event) []event {
	return slices.SortedFunc(slices.Values(events), func(a, b event) int {
		return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(a.what, b.what))
	})
}

func lines(events []event) (list []string) {
	for _, e := range events {
		list = append(list, fmt.Sprint(e.at, " ", e.what))
	}
	return list
}

// A record has what must happen in a test, and notes what happens.
type record struct {
	began time.Time
	plan  []attempt
	sent  int // messages
	want  []event

	mu  sync.Mutex
	got []event
}

func newRecord() *record { return &record{began: time.Now()} }

// now rounds: timers that are due at the same instant may be some nanoseconds apart.
func (r *record) now() time.Duration { return time.Since(r.began).Round(time.Millisecond) }

func (r *record) note(what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if at := r.now(); at < 20*time.Minute || at > 49*time.Minute {
		r.got = append(r.got, event{at, what})
	}
}

func (r *record) must(at time.Duration, what string) { r.want = append(r.want, event{at, what}) }

// message plans the attempts at a message that is sent at some time. Each takes equally long, and
// the last delivers, unless it is the fifth. Each message has other errors at the same attempt.
func (r *record) message(text string, sent, takes time.Duration, timesOut bool, last int) {
	at := sent
	for n := 1; n <= min(last, 4); n++ {
		a := attempt{at, takes, text, timesOut, nil}
		if n < last {
			a.err = failure(r.sent + n)
		}
		r.add(a)
		if at += takes; timesOut {
			at += 30 * time.Second
		}
		at += time.Second << (n - 1)
	}
	r.sent++
}

func (r *record) add(a attempt) {
	r.plan = append(r.plan, a)
	r.must(a.begins, a.message)
	if a.timesOut {
		r.must(a.begins+30*time.Second, a.message+" times out")
	}
}

// deliver does what the plan says of the attempt that is due now.
func (r *record) deliver(ctx context.Context, message string) error {
	r.note(message)
	at := r.now()
	i := slices.IndexFunc(r.plan, func(a attempt) bool { return a.begins == at && a.message == message })
	if i < 0 {
		return errBusy // and noted
	}
	if r.plan[i].timesOut {
		select {
		case <-ctx.Done():
			r.note(message + " times out")
		case <-time.After(2 * time.Minute):
		}
	}
	time.Sleep(r.plan[i].takes)
	return r.plan[i].err
}

// until sleeps until so long after the beginning.
func (r *record) until(at time.Duration) { time.Sleep(time.Until(r.began.Add(at))) }

// check lets hours pass, and reports unless exactly what must happen has happened, in any order.
func (r *record) check(t T) {
	time.Sleep(2 * time.Hour)
	synctest.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	got, want := inOrder(r.got), inOrder(r.want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", lines(got), lines(want))
	}
}

// A letter is a message, when it is sent, and which of its attempts delivers it; 5 if none does.
type letter struct {
	text string
	sent time.Duration
	last int
}

// sends sends letters to a mailer, whose attempts take equally long.
func sends(t T, open Open, takes time.Duration, timesOut bool, letters ...letter) {
	r := newRecord()
	for _, l := range letters {
		r.message(l.text, l.sent, takes, timesOut, l.last)
		r.must(l.sent, "has sent "+l.text)
	}
	mailer := open(r.deliver)
	defer mailer.Close()
	for _, l := range letters {
		r.until(l.sent)
		mailer.Send(l.text)
		r.note("has sent " + l.text)
	}
	r.check(t)
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	sends(t, open, 10*time.Second, false, letter{"welcome", 0, 1}, letter{"invoice", 0, 1}, letter{"welcome", 0, 1},
		letter{"receipt", time.Minute, 1})
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds. Three are under way at
// the same time, the fourth message is sent while the first pauses, and the fifth when all others are done.
func Retries(t T, open Open) {
	for _, last := range [][]int{{2, 3, 3, 4, 2}, {5, 5, 5, 5, 5}} {
		sends(t, open, 3*time.Second, false, letter{"invoice", 0, last[0]}, letter{"receipt", 500 * time.Millisecond, last[1]},
			letter{"reminder", 800 * time.Millisecond, last[2]}, letter{"invoice", 3200 * time.Millisecond, last[3]}, letter{"welcome", 2 * time.Minute, last[4]})
	}
}

// TimesOut tests that the context of an attempt ends after 30 seconds, and that the attempt goes on.
func TimesOut(t T, open Open) {
	for _, last := range [][]int{{2, 1, 2, 3, 4}, {5, 5, 5, 5, 5}} {
		sends(t, open, 5*time.Second, true, letter{"invoice", 0, last[0]}, letter{"receipt", 10 * time.Second, last[1]},
			letter{"reminder", 12 * time.Second, last[2]}, letter{"invoice", 35500 * time.Millisecond, last[3]}, letter{"welcome", 10 * time.Minute, last[4]})
	}
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) {
	for n := range 3 {
		closes(t, open, n, 0, 0, 0) // all pause
	}
	for n := range 4 {
		var takes [3]time.Duration
		takes[n%3] = 20 * time.Second
		closes(t, open, n, takes[:]...) // one is under way, and two pause
	}
	closes(t, open, 0, 10*time.Second, 20*time.Second, 30*time.Second)
}

// closes calls Close when each of three messages has had n attempts, and the next one takes so long.
// If it takes no time, the message pauses then.
func closes(t T, open Open, n int, takes ...time.Duration) {
	r := newRecord()
	const short = 300 * time.Millisecond
	at := time.Duration(n)*short + time.Second<<n - time.Second + 700*time.Millisecond // for Close
	end := at
	for i, text := range []string{"a", "b", "c"} {
		begins := time.Duration(i) * 100 * time.Millisecond
		for k := range n + 1 {
			a := attempt{begins, short, text, false, errBusy}
			if k == n {
				a.takes = max(short, takes[i])
			}
			r.add(a)
			if begins += a.takes; k == n {
				end = max(end, begins)
			}
			begins += time.Second << k
		}
	}
	mailer := open(r.deliver)
	for i, text := range []string{"a", "b", "c"} {
		r.until(time.Duration(i) * 100 * time.Millisecond)
		mailer.Send(text)
	}
	again := make(chan struct{})
	go func() {
		defer close(again)
		r.until(at + 5*time.Second)
		mailer.Send("late")
		r.note("sent late")
		mailer.Close()
		r.note("closed again")
	}()
	r.until(at)
	mailer.Close()
	r.note("closed")
	<-again
	mailer.Send("too late")
	mailer.Close()
	r.note("closed at last")
	r.must(end, "closed")
	r.must(at+5*time.Second, "sent late")
	end = max(end, at+5*time.Second)
	r.must(end, "closed again")
	r.must(end, "closed at last")
	r.check(t)
}
