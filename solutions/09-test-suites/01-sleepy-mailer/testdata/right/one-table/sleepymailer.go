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
	r.got = append(r.got, event{r.now(), what})
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

// A scene is a mailer, what is sent to it, and how long each attempt takes. If it is closed, that is
// when each of three messages has had n attempts, and the next one takes so long.
type scene struct {
	letters  []letter
	takes    time.Duration
	timesOut bool

	closed bool
	n      int
	under  [3]time.Duration
}

// play runs scenes, each with a mailer of its own.
func play(t T, open Open, scenes ...scene) {
	for _, s := range scenes {
		if s.closed {
			closes(t, open, s.n, s.under[:]...)
		} else {
			s.run(t, open)
		}
	}
}

func (s scene) run(t T, open Open) {
	r := newRecord()
	for _, l := range s.letters {
		r.message(l.text, l.sent, s.takes, s.timesOut, l.last)
		r.must(l.sent, "has sent "+l.text)
	}
	mailer := open(r.deliver)
	for _, l := range s.letters {
		r.until(l.sent)
		mailer.Send(l.text)
		r.note("has sent " + l.text)
	}
	time.Sleep(2 * time.Hour)
	mailer.Close()
	r.check(t)
}

const ms, sec = time.Millisecond, time.Second

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	play(t, open,
		scene{takes: 2 * sec, letters: []letter{{"a", 0, 1}, {"b", 0, 1}, {"b", sec, 1}}},
		scene{takes: sec, letters: []letter{{"a", 0, 1}, {"b", 10 * sec, 1}, {"c", 20 * sec, 1}}})
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	play(t, open,
		scene{takes: 2 * sec, letters: []letter{{"a", 0, 5}, {"b", 300 * ms, 5}, {"c", 600 * ms, 5}, {"a", 2100 * ms, 5}, {"b", 60 * sec, 5}}},
		scene{takes: 2 * sec, letters: []letter{{"a", 0, 2}, {"b", 300 * ms, 3}, {"c", 600 * ms, 3}, {"a", 2100 * ms, 4}, {"b", 60 * sec, 2}}})
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	play(t, open,
		scene{takes: 3 * sec, timesOut: true, letters: []letter{{"a", 0, 5}, {"b", 10 * sec, 5}, {"c", 12 * sec, 5}, {"a", 33400 * ms, 5}, {"b", 600 * sec, 5}}},
		scene{takes: 3 * sec, timesOut: true, letters: []letter{{"a", 0, 2}, {"b", 10 * sec, 1}, {"c", 12 * sec, 2}, {"a", 33400 * ms, 3}, {"b", 600 * sec, 4}}})
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) {
	play(t, open,
		scene{closed: true, n: 0}, scene{closed: true, n: 1}, scene{closed: true, n: 2},
		scene{closed: true, n: 0, under: [3]time.Duration{9 * sec, 0, 0}},
		scene{closed: true, n: 1, under: [3]time.Duration{0, 9 * sec, 0}},
		scene{closed: true, n: 2, under: [3]time.Duration{0, 0, 9 * sec}},
		scene{closed: true, n: 3, under: [3]time.Duration{12 * sec, 0, 0}},
		scene{closed: true, n: 0, under: [3]time.Duration{8 * sec, 12 * sec, 16 * sec}})
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
