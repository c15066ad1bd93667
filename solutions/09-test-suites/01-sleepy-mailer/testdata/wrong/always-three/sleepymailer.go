// caught by: tests in TestCloses
// Wrong: Close is never called with exactly one attempt under way.

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

type refused struct{ by string }

func (r *refused) Error() string { return "refused by " + r.by }

// failure is an error of one of four kinds.
func failure(i int) error {
	switch i % 4 {
	case 0:
		return context.DeadlineExceeded
	case 1:
		return fmt.Errorf("no answer: %w", context.Canceled)
	case 2:
		return errors.New("the mail server is busy")
	}
	return &refused{"the mail server"}
}

const (
	limit = 30 * time.Second
	never = 1000 * time.Hour
)

// A step is what an attempt does.
type step struct {
	takes time.Duration
	err   error
}

// A mail is a message, when it is sent, and what its attempts do. What is sent with
// a text that was sent before goes on where that one's steps ended.
type mail struct {
	at    time.Duration
	text  string
	steps []step
}

// notes are the lines of a journal.
type notes struct {
	lines []string
	tries map[string]int
}

// A journal is what happens to one mailer. The channel holds its notes, and is their lock.
type journal struct {
	began  time.Time
	notes  chan notes
	steps  map[string][]step
	limits bool // note the ends of contexts
}

func newJournal(mails []mail, limits bool) *journal {
	j := &journal{began: time.Now(), notes: make(chan notes, 1), steps: map[string][]step{}, limits: limits}
	for _, m := range mails {
		j.steps[m.text] = append(j.steps[m.text], m.steps...)
	}
	j.notes <- notes{tries: map[string]int{}}
	return j
}

func line(at time.Duration, what string) string {
	return fmt.Sprintf("%12d ms: %s", at.Round(time.Millisecond).Milliseconds(), what)
}

func (j *journal) note(what string) {
	n := <-j.notes
	n.lines = append(n.lines, line(time.Since(j.began), what))
	j.notes <- n
}

// begin notes an attempt, and returns what it does.
func (j *journal) begin(text string) (s step) {
	n := <-j.notes
	n.lines = append(n.lines, line(time.Since(j.began), "attempt "+text))
	if i := n.tries[text]; i < len(j.steps[text]) {
		s = j.steps[text][i]
	}
	n.tries[text]++
	j.notes <- n
	return s
}

func (j *journal) deliver(ctx context.Context, text string) error {
	began := time.Now()
	s := j.begin(text)
	if j.limits {
		timer := time.NewTimer(s.takes)
		select {
		case <-ctx.Done():
			j.note("context ends of " + text)
		case <-timer.C:
		}
		timer.Stop()
	}
	time.Sleep(s.takes - time.Since(began))
	return s.err
}

// until sleeps until so long after the beginning.
func (j *journal) until(at time.Duration) { time.Sleep(at - time.Since(j.began)) }

// closeNote notes when a Close returns.
func (j *journal) closeNote(mailer Mailer, which string) {
	mailer.Close()
	j.note(which + " Close returns")
}

// compare says what differs.
func (j *journal) compare(t T, what string, want []string) {
	n := <-j.notes
	got := slices.Clone(n.lines)
	j.notes <- n
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s: it should have been %q, and was %q", what, want, got)
	}
}

// expect returns the lines of mails until the mailer is closed, and when their last attempt returns.
func expect(mails []mail, limits bool, closed time.Duration) (want []string, last time.Duration) {
	for _, m := range mails {
		want = append(want, line(m.at, "sent "+m.text))
		at := m.at
		for i, s := range m.steps {
			if i == 4 || at > closed {
				break
			}
			want = append(want, line(at, "attempt "+m.text))
			if limits && s.takes > limit {
				want = append(want, line(at+limit, "context ends of "+m.text))
			}
			at += s.takes
			last = max(last, at)
			if s.err == nil {
				break
			}
			at += time.Second << i
		}
	}
	return want, last
}

// post sends all mails, waits until nothing can happen any more, and compares.
func post(t T, open Open, what string, mails []mail, limits bool) {
	j := newJournal(mails, limits)
	mailer := open(j.deliver)
	for _, m := range mails {
		j.until(m.at)
		mailer.Send(m.text)
		j.note("sent " + m.text)
	}
	want, last := expect(mails, limits, never)
	j.until(last + 2*time.Hour)
	mailer.Close()
	j.compare(t, what, want)
}

// fails returns steps that fail so often, and then one that does not.
func fails(n int, takes time.Duration, kind int) (steps []step) {
	for i := range n {
		steps = append(steps, step{takes, failure(kind + i)})
	}
	if n < 4 {
		steps = append(steps, step{takes, nil})
	}
	return steps
}

// Delivers tests that each message is delivered once, at once.
func Delivers(t T, open Open) {
	ten := []step{{10 * time.Second, nil}}
	post(t, open, "messages", []mail{
		{0, "one", ten}, {0, "two", ten}, {0, "three", ten},
		{time.Hour * 3, "four", ten},
		{time.Hour * 6, "one", ten},
	}, false)
	post(t, open, "messages one after another", []mail{
		{0, "one", ten}, {5 * time.Second, "two", ten}, {7 * time.Second, "three", ten},
		{8 * time.Second, "four", ten},
	}, false)
}

func repeated(t T, open Open, from int, takes time.Duration, limits bool) {
	for n := from; n <= 4; n++ {
		all := func(kind int) []step { return fails(n, takes, kind+n) }
		post(t, open, fmt.Sprint("attempts that fail: ", n), []mail{
			{0, "one", all(0)}, {0, "two", all(1)}, {0, "three", all(2)},
			{takes + time.Second/2, "four", all(3)},
			{3 * time.Hour, "one", all(2)},
			{6 * time.Hour, "five", all(1)},
		}, limits)
	}
}

// Retries tests that failed attempts are repeated after 1, 2 and 4 seconds.
func Retries(t T, open Open) { repeated(t, open, 1, 3*time.Second, false) }

// TimesOut tests that the context of an attempt ends after 30 seconds.
func TimesOut(t T, open Open) { repeated(t, open, 0, 37*time.Second, true) }

// shut sends mails, closes, and looks what comes of it.
func shut(t T, open Open, what string, mails []mail, at time.Duration) {
	j := newJournal(mails, false)
	mailer := open(j.deliver)
	var group sync.WaitGroup
	want, end := expect(mails, false, at)
	for _, m := range mails {
		j.until(m.at)
		mailer.Send(m.text)
		j.note("sent " + m.text)
	}
	j.until(at)
	group.Go(func() { j.closeNote(mailer, "first") })
	if end > at {
		want = append(want, line(end, "first Close returns"), line(at+time.Second/4, "sent late"), line(end, "second Close returns"))
		j.until(at + time.Second/4)
		group.Go(func() { j.closeNote(mailer, "second") })
		mailer.Send("late")
		j.note("sent late")
	} else {
		end = at
		want = append(want, line(end, "first Close returns"))
	}
	end += time.Second / 4
	j.until(end)
	mailer.Send("later")
	j.note("sent later")
	want = append(want, line(end, "sent later"))
	end += time.Second / 8
	j.until(end)
	j.closeNote(mailer, "last")
	want = append(want, line(end, "last Close returns"))
	j.until(end + 3*time.Hour)
	group.Wait()
	j.compare(t, what, want)
}

// paused is when a message pauses that has failed n times, each time after a second.
func paused(n int) time.Duration {
	return time.Duration(n)*time.Second + time.Second<<(n-1) - time.Second + time.Second/2
}

// Closes tests that Close waits for the attempts under way, and that none begins afterwards.
func Closes(t T, open Open) {
	shut(t, open, "Close, and nothing was sent", nil, time.Second)
	names := []string{"one", "two", "three"}
	for i := range names {
		for n := range 4 {
			{
				var mails []mail
				for k, name := range names {
					steps := []step{{time.Duration(40+5*k) * time.Second, nil}}
					if k == i {
						steps = append(fails(3, time.Second, k)[:n:n], step{time.Minute, nil})
					}
					mails = append(mails, mail{0, name, steps})
				}
				shut(t, open, "Close during attempts", mails, 20*time.Second+time.Second/2)
			}
			if n == 0 {
				continue
			}
			for _, takes := range []time.Duration{time.Second / 4, time.Minute} {
				var mails []mail
				for k, name := range names {
					steps := []step{{takes, nil}}
					if k == i {
						steps = fails(4, time.Second, k)
					}
					mails = append(mails, mail{0, name, steps})
				}
				shut(t, open, "Close during a pause", mails, paused(n))
			}
		}
	}
}
