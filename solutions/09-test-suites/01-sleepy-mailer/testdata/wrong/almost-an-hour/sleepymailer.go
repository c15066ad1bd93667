// caught by: tests, race or repeat in TestCloses
// Wrong: it looks for 59 minutes after the last attempt, and for 56 after Close. An attempt too many may begin until the hour is over.

// Package sleepymailer has the tests that every mailer of the shop must pass.
package sleepymailer

import (
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

type busy struct{ host string }

func (b *busy) Error() string { return b.host + " is busy" }

// kinds of errors that an attempt may return.
func failure(kind int) error {
	switch kind % 4 {
	case 0:
		return context.DeadlineExceeded
	case 1:
		return fmt.Errorf("smtp: %w", context.Canceled)
	case 2:
		return errors.New("the mail server is busy")
	}
	return &busy{"mx1"}
}

// A play is what should happen, and what does.
type play struct {
	began  time.Time
	cast   map[string]act
	want   []string
	watch  bool
	mu     sync.Mutex
	got    []string
	mailer Mailer
}

type act struct {
	takes time.Duration
	err   error
}

func newPlay(watch bool) *play { return &play{began: time.Now(), cast: map[string]act{}, watch: watch} }

func line(at time.Duration, text string) string {
	return fmt.Sprintf("%12d ms %s", at.Round(time.Millisecond).Milliseconds(), text)
}

func (p *play) expect(at time.Duration, text string) { p.want = append(p.want, line(at, text)) }

func (p *play) note(text string) string {
	l := line(time.Since(p.began), text)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, l)
	return l
}

func (p *play) deliver(ctx context.Context, message string) error {
	a, ok := p.cast[p.note("begins "+message)]
	if !ok {
		return nil
	}
	if !p.watch {
		time.Sleep(a.takes)
		return a.err
	}
	begun := time.Now()
	select {
	case <-ctx.Done():
		p.note("context ends of " + message)
	case <-time.After(a.takes):
	}
	time.Sleep(a.takes - time.Since(begun))
	return a.err
}

// attempt expects one.
func (p *play) attempt(at time.Duration, message string, takes time.Duration, err error) time.Duration {
	l := line(at, "begins "+message)
	p.cast[l] = act{takes, err}
	p.want = append(p.want, l)
	if p.watch {
		p.expect(at+30*time.Second, "context ends of "+message)
	}
	return at + takes
}

func (p *play) until(at time.Duration) { time.Sleep(at - time.Since(p.began)) }

func (p *play) send(at time.Duration, message string) {
	p.until(at)
	p.mailer.Send(message)
	p.note("sent " + message)
}

func (p *play) compare(t T, what string) {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	got, want := slices.Sorted(slices.Values(p.got)), slices.Sorted(slices.Values(p.want))
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// messages plays five messages, each attempt of which takes so long; the n-th delivers it.
func messages(t T, open Open, takes time.Duration, n, kind int, watch bool) {
	p := newPlay(watch)
	type sent struct {
		at   time.Duration
		text string
	}
	script := []sent{{0, "a"}, {0, "b"}, {0, "a"}, {takes + time.Second/2, "d"}, {10 * time.Minute, "e"}}
	for _, s := range script {
		p.expect(s.at, "sent "+s.text)
		at := s.at
		for k := 1; k <= min(n, 4); k++ {
			var err error
			if k < n {
				err = failure(kind + k)
			}
			at = p.attempt(at, s.text, takes, err) + time.Second<<(k-1)
		}
	}
	p.mailer = open(p.deliver)
	for _, s := range script {
		p.send(s.at, s.text)
	}
	last := time.Duration(0)
	for l := range p.cast {
		var ms int64
		fmt.Sscan(l, &ms)
		last = max(last, time.Duration(ms)*time.Millisecond)
	}
	p.until(last + 59*time.Minute + 5*time.Second)
	p.mailer.Close()
	p.compare(t, fmt.Sprintf("attempts of %v, the %d. delivers", takes, n))
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) { messages(t, open, 10*time.Second, 1, 0, false) }

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) {
	for n := 2; n <= 4; n++ {
		messages(t, open, 3*time.Second, n, n, false)
	}
	for kind := range 4 {
		messages(t, open, 3*time.Second, 5, kind, false)
	}
}

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) {
	for n := 1; n <= 4; n++ {
		messages(t, open, 35*time.Second, n, n, true)
	}
	for kind := range 4 {
		messages(t, open, 35*time.Second, 5, kind, true)
	}
}

// gap is how long after the return of the first attempt another one begins, if those between take a second.
var gap = map[int]time.Duration{2: time.Second, 3: 4 * time.Second, 4: 9 * time.Second}

// closing plays three messages, and a call of Close 20 s later. A letter of roles is U for a message whose n-th attempt
// is under way, and P for one that pauses after it.
func closing(t T, open Open, roles string, n int, rest []time.Duration) {
	const at, ms = 20 * time.Second, time.Millisecond
	p := newPlay(false)
	end := at
	for i, role := range roles {
		text, sent := fmt.Sprint("m", i), time.Duration(i)*10*ms
		p.expect(sent, "sent "+text)
		last := at - 300*ms // the n-th attempt begins, or ends
		if role == 'P' {
			last -= time.Second
		}
		takes := time.Second
		if role == 'U' {
			takes = rest[i] + 300*ms
			end = max(end, at+rest[i])
		}
		if n == 1 {
			p.attempt(sent, text, last+takes-sent, failure(i))
			continue
		}
		next := p.attempt(sent, text, last-gap[n]-sent, failure(i)) + time.Second
		for k := 2; k < n; k++ {
			next = p.attempt(next, text, time.Second, failure(i+k)) + time.Second<<(k-1)
		}
		p.attempt(next, text, takes, failure(i+n))
	}
	p.mailer = open(p.deliver)
	for i := range roles {
		p.send(time.Duration(i)*10*ms, fmt.Sprint("m", i))
	}
	p.until(at)
	var closes sync.WaitGroup
	closes.Go(func() {
		p.mailer.Close()
		p.note("closed")
	})
	p.expect(end, "closed")
	if end > at {
		p.send(at+100*ms, "meanwhile")
		p.expect(at+100*ms, "sent meanwhile")
		time.Sleep(50 * ms)
		closes.Go(func() {
			p.mailer.Close()
			p.note("closed, too")
		})
		p.expect(end, "closed, too")
	}
	closes.Wait()
	p.send(end+200*ms, "later")
	p.expect(end+200*ms, "sent later")
	p.mailer.Close()
	p.note("closed again")
	p.expect(end+200*ms, "closed again")
	time.Sleep(56 * time.Minute)
	p.compare(t, fmt.Sprint("Close with ", roles, " ", n))
}

// Closes tests that Close waits for the attempt under way.
func Closes(t T, open Open) {
	const ms, s = time.Millisecond, time.Second
	for n := 1; n <= 4; n++ {
		for _, rest := range [][]time.Duration{{400 * ms, 400 * ms, 400 * ms}, {9 * s, 9 * s, 9 * s}} {
			for _, roles := range []string{"UPP", "PUP", "PPU"} {
				if n < 4 {
					closing(t, open, roles, n, rest)
				} else {
					closing(t, open, strings.ReplaceAll(roles, "P", ""), n, rest)
				}
			}
		}
		for _, rest := range [][]time.Duration{{3 * s, 2 * s, s}, {s, 3 * s, 2 * s}, {2 * s, s, 3 * s}} {
			closing(t, open, "UUU", n, rest)
		}
		if n < 4 {
			closing(t, open, "PPP", n, nil)
		}
	}
}
