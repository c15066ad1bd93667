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

// A play is a mailer, what is done with it, and what must come of it. Times are in milliseconds.
type play struct {
	send     map[int][]string     // by time
	outcomes map[string][]outcome // by message, of its attempts; all further ones fail at once
	close    int                  // when to call Close; 0 if at the end
	want     []string             // lines of the log, sorted
}

// An outcome is how long an attempt takes, from its beginning or from the end of its context, and
// whether it delivers.
type outcome struct {
	takes    int
	timesOut bool
	delivers bool
}

const end = 2 * 60 * 60 * 1000

// run plays it on an exact clock, and reports if something else happens.
func (p play) run(t T, open Open) {
	began := time.Now()
	var mu sync.Mutex
	var log []string
	note := func(what, message string) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, fmt.Sprintf("%07d %s %s", time.Since(began).Milliseconds(), what, message))
	}
	attempts := map[string]int{}
	next := func(message string) (o outcome) {
		mu.Lock()
		defer mu.Unlock()
		if n := attempts[message]; n < len(p.outcomes[message]) {
			o = p.outcomes[message][n]
		}
		attempts[message]++
		return o
	}
	mailer := open(func(ctx context.Context, message string) error {
		note("attempt", message)
		o := next(message)
		if o.timesOut {
			select {
			case <-ctx.Done():
			case <-time.After(70 * time.Second):
			}
			note("end", message)
		}
		time.Sleep(time.Duration(o.takes) * time.Millisecond)
		if o.delivers {
			return nil
		}
		return errBusy
	})
	at := func(ms int) { time.Sleep(time.Until(began.Add(time.Duration(ms) * time.Millisecond))) }
	times := []int{end}
	for ms := range p.send {
		times = append(times, ms)
	}
	if p.close > 0 {
		times = append(times, p.close)
	}
	slices.Sort(times)
	for _, ms := range times {
		at(ms)
		if p.close > 0 && ms == p.close {
			mailer.Close()
			note("closed", "")
		}
		for _, message := range p.send[ms] {
			mailer.Send(message)
			note("sent", message)
		}
	}
	synctest.Wait()
	mailer.Close()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(log)
	if !slices.Equal(log, p.want) {
		t.Errorf("got %q; want %q", log, p.want)
	}
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	slow := []outcome{{takes: 300, delivers: true}}
	play{
		send:     map[int][]string{0: {"a", "b"}, 100: {"c"}},
		outcomes: map[string][]outcome{"a": slow, "b": slow, "c": slow},
		want: []string{"0000000 attempt a", "0000000 attempt b", "0000000 sent a", "0000000 sent b",
			"0000100 attempt c", "0000100 sent c"},
	}.run(t, open)
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	play{
		send: map[int][]string{0: {"a"}, 500: {"b"}, 60000: {"c"}},
		outcomes: map[string][]outcome{"a": {{takes: 200}, {takes: 300}, {takes: 100}, {takes: 900}},
			"c": {{}, {delivers: true}}},
		want: []string{"0000000 attempt a", "0000000 sent a", "0000500 attempt b", "0000500 sent b",
			"0001200 attempt a", "0001500 attempt b", "0003500 attempt a", "0003500 attempt b", "0007500 attempt b", "0007600 attempt a",
			"0060000 attempt c", "0060000 sent c", "0061000 attempt c"},
	}.run(t, open)
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	play{
		send:     map[int][]string{0: {"a"}},
		outcomes: map[string][]outcome{"a": {{takes: 2000, timesOut: true}, {takes: 1, timesOut: true, delivers: true}}},
		want: []string{"0000000 attempt a", "0000000 sent a", "0030000 end a",
			"0033000 attempt a", "0063000 end a"},
	}.run(t, open)
}

// Closes tests that Close waits for the attempts under way, and for nothing else.
func Closes(t T, open Open) {
	play{
		send:     map[int][]string{0: {"a", "b", "c"}, 30000: {"d"}},
		outcomes: map[string][]outcome{"a": {{takes: 3000}}, "b": {{takes: 5000}}},
		close:    100,
		want: []string{"0000000 attempt a", "0000000 attempt b", "0000000 attempt c", "0000000 sent a", "0000000 sent b", "0000000 sent c",
			"0005000 closed ", "0030000 sent d"},
	}.run(t, open)
	play{
		send:  map[int][]string{0: {"c"}},
		close: 300,
		want:  []string{"0000000 attempt c", "0000000 sent c", "0000300 closed "},
	}.run(t, open)
}
