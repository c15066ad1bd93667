// caught by: tests, race or repeat in TestTimesOut
// Wrong: the error of each attempt is drawn, and in one run out of ten none of the last ones is of the kind with the bug.

// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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

// full is an error of the suite's own.
type full struct{}

func (full) Error() string { return "the mailbox is full" }

var failures = []error{
	errors.New("the mail server is busy"),
	context.DeadlineExceeded,
	full{},
	fmt.Errorf("no answer: %w", context.Canceled),
}

// A step is what happens to one attempt.
type step struct {
	takes time.Duration
	err   error
}

const givenUp = 5

// steps are those of a message that is delivered by its last attempt, or given up. The errors differ.
func steps(takes time.Duration, last, first int) (list []step) {
	for n := 1; n < last; n++ {
		list = append(list, step{takes, failures[rand.IntN(len(failures))]})
	}
	if last < givenUp {
		list = append(list, step{takes, nil})
	}
	return list
}

// A bench has one mailer on it, and compares what that does with what it should do.
type bench struct {
	t      T
	title  string
	mailer Mailer
	zero   time.Time
	limits bool // contexts are watched
	calls  sync.WaitGroup

	mu    sync.Mutex
	steps map[string][]step // that are left, by text
	got   []string
	want  []string
	last  time.Duration // when all attempts should have returned
	wrong []string
}

func newBench(t T, open Open, title string) *bench {
	b := &bench{t: t, title: title, steps: map[string][]step{}, zero: time.Now()}
	b.mailer = open(b.deliver)
	return b
}

func (b *bench) now() time.Duration { return time.Since(b.zero).Round(time.Millisecond) }

func (b *bench) until(at time.Duration) { time.Sleep(b.zero.Add(at).Sub(time.Now())) }

func entry(at time.Duration, text string) string {
	return fmt.Sprintf("%12d ms %s", at.Milliseconds(), text)
}

func (b *bench) accuse(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wrong = append(b.wrong, fmt.Sprintf(format, args...))
}

func (b *bench) begin(text string) (s step) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, entry(b.now(), text))
	if list := b.steps[text]; len(list) > 0 {
		s, b.steps[text] = list[0], list[1:]
	}
	return s
}

func (b *bench) deliver(ctx context.Context, text string) error {
	began := time.Now()
	s := b.begin(text)
	if b.limits && s.takes > 0 {
		over := time.NewTimer(s.takes)
		defer over.Stop()
		select {
		case <-ctx.Done():
			if at := time.Since(began).Round(time.Millisecond); at != 30*time.Second {
				b.accuse("the context of an attempt at %s has ended after %v", text, at)
			}
		case <-over.C:
			b.accuse("the context of an attempt at %s has not ended after %v", text, s.takes)
		}
	}
	time.Sleep(s.takes - time.Since(began))
	return s.err
}

// send sends a message, and notes when its attempts should begin. None should begin after end, if that is not 0.
func (b *bench) send(at, end time.Duration, text string, list []step) {
	b.until(at)
	b.mu.Lock()
	b.steps[text] = append(b.steps[text], list...)
	began := at
	for n, s := range list {
		if end > 0 && began >= end {
			break
		}
		b.want = append(b.want, entry(began, text))
		b.last = max(b.last, began+s.takes)
		began += s.takes + time.Second<<n
	}
	b.mu.Unlock()
	b.mailer.Send(text)
	if now := b.now(); now != at {
		b.accuse("Send has taken %v", now-at)
	}
}

// close calls Close, which should return at a known moment.
func (b *bench) close(at, want time.Duration) {
	b.calls.Go(func() {
		b.until(at)
		b.mailer.Close()
		if now := b.now(); now != want {
			b.accuse("Close was called after %v, and has returned after %v; want %v", at, now, want)
		}
	})
}

const long = 62 * time.Minute // until no superfluous attempt is due

func (b *bench) report() {
	b.mu.Lock()
	defer b.mu.Unlock()
	slices.Sort(b.got)
	slices.Sort(b.want)
	if !slices.Equal(b.got, b.want) {
		b.wrong = append(b.wrong, fmt.Sprintf("attempts have begun at %q; want %q", b.got[:min(len(b.got), 20)], b.want))
	}
	for _, wrong := range b.wrong {
		b.t.Errorf("%s: %s", b.title, wrong)
	}
}

// finish waits until all is over, and closes.
func (b *bench) finish() {
	b.until(b.last + long)
	b.mailer.Close()
	b.report()
}

const ms = time.Millisecond

// layouts send three messages, whose attempts take so long.
var layouts = []struct {
	name string
	send func(b *bench, takes time.Duration, last, first int)
}{
	{"one after the other", func(b *bench, takes time.Duration, last, first int) {
		at := time.Duration(0)
		for i, text := range []string{"invoice", "receipt", "invoice"} {
			b.send(at, 0, text, steps(takes, last, first+i))
			at = b.last + 200*ms
		}
	}},
	{"together", func(b *bench, takes time.Duration, last, first int) {
		for i, text := range []string{"welcome", "news", "offer"} {
			b.send(time.Duration(i)*takes/5, 0, text, steps(takes, last, first+i))
		}
	}},
	{"during pauses", func(b *bench, takes time.Duration, last, first int) {
		b.send(0, 0, "welcome", steps(takes, last, first))
		b.send(takes+300*ms, 0, "news", steps(takes, last, first+1))
		if takes < 500*ms {
			b.send(2*takes+500*ms, 0, "offer", steps(takes, last, first+2))
		}
	}},
}

func all(t T, open Open, takes time.Duration, lasts ...int) {
	for first, last := range lasts {
		for _, layout := range layouts {
			b := newBench(t, open, fmt.Sprintf("%s, %d attempts", layout.name, last))
			b.limits = takes > 30*time.Second
			layout.send(b, takes, last, first)
			b.finish()
		}
	}
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) { all(t, open, 500*ms, 1, 1) }

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) { all(t, open, 220*ms, givenUp, 2, 3, 4) }

// TimesOut tests that the context of an attempt ends after 30 seconds, and that its attempts go on as long as they take.
func TimesOut(t T, open Open) {
	all(t, open, 31*time.Second, givenUp, 1, 2, 3, 4)
}

// closing closes a mailer at a moment, and again later, and sends messages meanwhile. Attempts under way end
// at the moment end, if there are any.
func (b *bench) closing(at, end time.Duration) {
	b.close(at, max(at, end))
	if end > at {
		b.close(at+(end-at)/3, end)
		b.send(at+(end-at)/2, at, "late", steps(0, 1, 0))
	}
	after := max(at, end) + 150*ms
	b.send(after, at, "too late", steps(100*ms, 1, 0))
	b.close(after+50*ms, after+50*ms)
	b.until(after + 20*time.Second)
	b.until(b.now() + long)
	b.calls.Wait()
	b.report()
}

// Closes tests that Close waits for the attempts under way, and lets no other begin.
func Closes(t T, open Open) {
	// One attempt is under way: the n-th, of the last of some messages.
	for n := 1; n <= 4; n++ {
		for others := range 3 {
			b := newBench(t, open, fmt.Sprintf("attempt %d of message %d is under way", n, others+1))
			for i := range others {
				b.send(time.Duration(i)*10*ms, 0, fmt.Sprint("other ", i), steps(ms, 1, 0))
			}
			list := append(steps(ms, n, 0)[:n-1:n-1], step{10 * time.Second, failures[0]})
			began := 100 * ms
			for i := range n - 1 {
				began += ms + time.Second<<i
			}
			b.send(100*ms, began+time.Second, "goodbye", list)
			b.closing(began+time.Second, began+10*time.Second)
		}
	}
	// Several attempts are under way, and the last to end is each of them.
	for count := 2; count <= 3; count++ {
		for last := range count {
			b := newBench(t, open, fmt.Sprintf("%d attempts are under way", count))
			for i := range count {
				takes := 10*time.Second + 3*time.Second*time.Duration((i+count-1-last)%count)
				b.send(time.Duration(i)*10*ms, time.Second, fmt.Sprint("message ", i), []step{{takes, failures[i]}})
			}
			b.closing(time.Second, b.last)
		}
	}
	// Three messages pause, and perhaps another one is attempted.
	for n := 1; n <= 3; n++ {
		for _, under := range []bool{false, true} {
			b := newBench(t, open, fmt.Sprintf("after attempt %d, an attempt under way: %v", n, under))
			at := 500 * ms // in the pause after attempt n
			for i := range n - 1 {
				at += time.Second << i
			}
			for i := range 3 {
				b.send(time.Duration(i)*10*ms, at, fmt.Sprint("pauses ", i), steps(ms, givenUp, i))
			}
			end := time.Duration(0)
			if under {
				end = 30 * time.Second
				b.send(100*ms, at, "slow", []step{{end - 100*ms, failures[0]}})
			}
			b.closing(at, end)
		}
	}
	b := newBench(t, open, "nothing was sent")
	b.closing(time.Second, 0)
}
