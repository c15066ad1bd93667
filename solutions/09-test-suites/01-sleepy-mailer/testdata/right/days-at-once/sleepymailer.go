// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
	"context"
	"errors"
	"fmt"
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

// A step is what one attempt does.
type step struct {
	takes time.Duration
	err   error
}

// A letter is sent at a moment.
type letter struct {
	at    time.Duration
	text  string
	steps []step
}

// A day is what happens to one mailer.
type day struct {
	letters []letter
	closes  []time.Duration // from the first on, no attempt begins; none: when all is over
	limits  bool            // look when contexts end
}

const hour = time.Hour + time.Minute

var pauses = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

type oddError struct{}

func (oddError) Error() string { return "odd" }

var errBusy = errors.New("busy")

func kinds() []error {
	return []error{errBusy, context.Canceled, context.DeadlineExceeded, fmt.Errorf("no: %w", context.Canceled), oddError{},
		fmt.Errorf("no: %w", context.DeadlineExceeded)}
}

// fails returns n failures, and then one success, each of them takes so long.
func fails(n, kind int, takes time.Duration) (steps []step) {
	for i := range n {
		steps = append(steps, step{takes, kinds()[(kind+i)%6]})
	}
	return append(steps, step{takes, nil})
}

func ms(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

type log struct {
	mu    sync.Mutex
	start time.Time
	begun map[string][]time.Duration
	bad   []string
}

func (l *log) complain(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bad = append(l.bad, fmt.Sprintf(format, args...))
}

func (l *log) now() time.Duration { return ms(time.Until(l.start) * -1) }

func (d day) run(t T, open Open) {
	// what has to happen
	end := time.Duration(1 << 62)
	if len(d.closes) > 0 {
		end = d.closes[0]
	}
	want, scripts := map[string][]time.Duration{}, map[string][]step{}
	var last, returned time.Duration
	for _, x := range d.letters {
		scripts[x.text] = append(scripts[x.text], x.steps[:min(4, len(x.steps))]...)
		at := x.at
		for i, s := range x.steps[:min(4, len(x.steps))] {
			if at > end {
				break
			}
			want[x.text] = append(want[x.text], at)
			at += s.takes
			last, returned = max(last, at), max(returned, at)
			if s.err == nil || i == 3 {
				break
			}
			at += pauses[i]
		}
		slices.Sort(want[x.text])
		last = max(last, x.at)
	}
	closes := d.closes
	if len(closes) == 0 {
		closes = []time.Duration{last + 2*hour}
	}
	// what happens
	l := &log{start: time.Now(), begun: map[string][]time.Duration{}}
	mailer := open(func(ctx context.Context, text string) error {
		l.mu.Lock()
		n := len(l.begun[text])
		l.begun[text] = append(l.begun[text], ms(time.Since(l.start)))
		l.mu.Unlock()
		if n >= len(scripts[text]) {
			return nil
		}
		s := scripts[text][n]
		if d.limits {
			l.watch(ctx, s.takes)
		} else {
			time.Sleep(s.takes)
		}
		return s.err
	})
	var group sync.WaitGroup
	group.Go(func() {
		for _, x := range d.letters {
			time.Sleep(time.Until(l.start.Add(x.at)))
			began := time.Now()
			mailer.Send(x.text)
			if took := ms(time.Since(began)); took > 0 {
				l.complain("Send has taken %v", took)
			}
		}
	})
	for _, at := range closes {
		group.Go(func() {
			time.Sleep(time.Until(l.start.Add(at)))
			mailer.Close()
			if got, want := ms(time.Since(l.start)), max(at, returned); got != want {
				l.complain("Close was called after %v, and returned after %v; want %v", at, got, want)
			}
		})
	}
	group.Wait()
	time.Sleep(hour)
	l.mu.Lock()
	defer l.mu.Unlock()
	for text, times := range l.begun {
		slices.Sort(times)
		if !slices.Equal(times, want[text]) {
			t.Errorf("attempts of %q began after %v; want %v", text, times[:min(10, len(times))], want[text])
		}
	}
	for text := range want {
		if len(want[text]) > 0 && len(l.begun[text]) == 0 {
			t.Errorf("no attempt of %q; want %v", text, want[text])
		}
	}
	for _, text := range l.bad {
		t.Errorf("%s", text)
	}
}

// watch takes so long, and looks when a context ends.
func (l *log) watch(ctx context.Context, takes time.Duration) {
	began := time.Now()
	alarm := time.NewTimer(takes)
	defer alarm.Stop()
	select {
	case <-ctx.Done():
		if took := ms(time.Since(began)); took != 30*time.Second {
			l.complain("the context of an attempt has ended after %v", took)
		}
		time.Sleep(time.Until(began.Add(takes)))
	case <-alarm.C:
		if takes > 30*time.Second {
			l.complain("the context of an attempt has not ended after %v", takes)
		}
	}
}

// days returns days of three letters whose attempts take so long, with failures.
func days(takes time.Duration, least, most int) (list []day) {
	for n := least; n <= most; n++ {
		for _, k := range []int{0, 3}[:min(n, 1)+1] {
			mk := func(apart time.Duration, texts ...string) (d day) {
				for i, text := range texts {
					d.letters = append(d.letters, letter{apart * time.Duration(i), text, fails(n, k+i, takes)})
				}
				return d
			}
			if n == 2 || n == 3 || k > 0 {
				list = append(list, mk(0, "a", "b", "c"))
				continue
			}
			list = append(list, mk(0, "a", "b", "c"),
				mk(hour, "a", "b", "a"), mk(hour, "a", "b", "c"),
				mk(takes/4+time.Second/4, "a", "b", "c"),
				mk(takes+time.Second/2, "a", "b", "c"))
			if least > 0 { // sent while another pauses
				d := mk(time.Second/2, "a", "b", "c")
				d.letters[0].steps = fails(n, k, 0)
				d.letters[1].steps = fails(n, k+1, takes)
				list = append(list, d)
			}
		}
	}
	return list
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, takes := range []time.Duration{0, 10 * time.Second} {
		for _, d := range days(takes, 0, 0) {
			all.Go(func() { d.run(t, open) })
		}
	}
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, takes := range []time.Duration{0, 10 * time.Second} {
		for _, d := range days(takes, 1+3*int(1-takes/(10*time.Second)), 4) {
			all.Go(func() { d.run(t, open) })
		}
	}
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, d := range days(40*time.Second, 0, 4) {
		d.limits = true
		all.Go(func() { d.run(t, open) })
	}
}

// Closes tests that Close waits for the attempts under way, and gives up the rest.
func Closes(t T, open Open) {
	const s = time.Second
	late := func(at time.Duration) letter { return letter{at, "late", fails(0, 0, 0)} }
	for n := range 4 {
		for many := 1; many <= 3; many++ {
			// attempts n+1 of some letters are under way, others pause before it
			d := day{closes: []time.Duration{0, 5 * s, 200 * s}}
			at := time.Duration(0)
			for i := range 3 {
				x := letter{text: string(rune('a' + i)), steps: fails(4, i, 0)}
				if i < many {
					x.steps[n].takes = 10*s + time.Duration(i)*s
				}
				d.letters = append(d.letters, x)
			}
			for i := range n {
				at += pauses[i]
			}
			c := at + s/2
			d.closes = []time.Duration{c, c + 3*s, c + 100*s}
			d.letters = append(d.letters, late(c+2*s))
			if many == 2 || n > 0 && many > 1 {
				continue
			}
			d.run(t, open)
			d.letters[3] = late(c + 50*s)
			d.run(t, open)
			// each of them alone under way, or pausing
			for which := range 3 {
				if n > 0 || many > 1 {
					break
				}
				for _, under := range []bool{true, false} {
					e := day{closes: d.closes}
					for i := range 3 {
						x := letter{text: string(rune('a' + i)), steps: fails(4, i, 0)}
						if (i == which) == under {
							x.steps[n].takes = 10*s + time.Duration((i*2)%3)*s
						}
						e.letters = append(e.letters, x)
					}
					e.letters = append(e.letters, late(c+s))
					e.run(t, open)
				}
			}
		}
	}
	pausing := func(n int) day {
		return day{letters: []letter{{0, "a", fails(n, 0, 0)}, {0, "b", fails(n, 1, 0)}, {0, "c", fails(n, 2, 0)}, late(50 * s)},
			closes: []time.Duration{5 * s, 40 * s}}
	}
	pausing(0).run(t, open)
	for _, c := range []time.Duration{s / 2, 2 * s, 5 * s} {
		d := pausing(4)
		d.closes[0] = c
		d.run(t, open)
	}
}
