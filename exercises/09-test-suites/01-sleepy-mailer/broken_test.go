package sleepymailer_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"
)

// A fault is what goes wrong in a mailer, at one of the hooks of its frame. What is left open, such
// as whether a time is too early or too late, is drawn for each call of a test.
type fault struct {
	name  string
	sense func(moment) bool // when it can show; nil if always

	sends   func(f *frame, l *letter, send func()) // in place of Send
	begins  func(f *frame, r *run)                 // before an attempt
	returns func(f *frame, m moment) error         // after it: what the mailer believes it returned

	gate   func(f *frame, m moment) bool // whether an attempt may begin although Close has been called
	closes func(f *frame)                // in place of Close
}

// What Delivers has to find, of messages whose first attempt delivers them. How many attempts are under way when a
// message is sent is what beside and beside2 tell.
var deliveryBugs = slices.Concat(
	derive(fault{name: "a message is lost", sends: lose}, messages, beside2),
	derive(fault{name: "a message is attempted twice", sense: isFirst, begins: twice}, messages, beside2, two, three),
	derive(fault{name: "a message that has been delivered is attempted again", sense: all(isFirst, arrived), returns: again}, messages, beside2, two, three),
	derive(fault{name: "the first attempt begins late", sense: isFirst, begins: late}, messages, beside2, two, three),
	derive(fault{name: "a message has another's text", sense: isFirst, begins: misread}, numbers[1:], twin, idle, beside, beside2, two, three),
	derive(fault{name: "Send waits", sends: sendWaits}, messages, beside2),
	derive(fault{name: "one attempt at a time", begins: heldUp(1)}, always),
	derive(fault{name: "two attempts at a time", begins: heldUp(2)}, always),
)

// What Retries has to find, of attempts that fail.
var retryBugs = slices.Concat(
	derive(nothing, always),
	derive(fault{name: "a pause is wrong", sense: failed, returns: mispause}, messages, besidePause, attempts(1, 3), failures, two, three),
	derive(fault{name: "a failed attempt is not repeated", sense: failed, returns: giveUp}, messages, besidePause, attempts(1, 3), failures, two, three),
	derive(fault{name: "a message that has been delivered is attempted again", sense: all(retried, arrived), returns: again}, messages, besidePause, attempts(2, 4), two, three),
	derive(fault{name: "a message that was given up is attempted again", sense: gaveUp, returns: again}, messages, besidePause, failures, two, three),
	derive(fault{name: "an attempt is repeated twice", sense: retried, begins: twice}, messages, besidePause, attempts(2, 4), failures, two, three),
	derive(fault{name: "a message is repeated with another's text", sense: retried, begins: misread}, numbers[1:], twin, idle, beside, besidePause, attempts(2, 4), failures, two, three),
	derive(fault{name: "a message waits until another is done", sense: isFirst, begins: queue}, beside, besidePause),
	derive(fault{name: "one attempt at a time", begins: heldUp(1)}, always),
	derive(fault{name: "two attempts at a time", begins: heldUp(2)}, always),
)

// What TimesOut has to find, of attempts that take more than 30 s.
var timeoutBugs = slices.Concat(
	derive(nothing, always),
	derive(fault{name: "a context ends at a wrong time", begins: mistime}, messages, besidePause, attempts(1, 4), failures, long, two, three),
	derive(fault{name: "an attempt is repeated before it has returned", sense: func(m moment) bool { return m.n < 4 }, begins: rush},
		messages, besidePause, attempts(1, 3), failures, long, two, three),
	derive(fault{name: "the pause after a long attempt is wrong", sense: all(failed, isLong), returns: mispause},
		messages, besidePause, attempts(1, 3), failures, two, three),
	derive(fault{name: "a long attempt is not repeated", sense: all(failed, isLong), returns: giveUp},
		messages, besidePause, attempts(1, 3), failures, two, three),
	derive(fault{name: "a message that a long attempt has delivered is attempted again", sense: all(arrived, isLong), returns: again},
		messages, besidePause, attempts(1, 4), two, three),
	derive(fault{name: "a message whose last attempt took long is attempted again", sense: all(gaveUp, isLong), returns: again},
		messages, besidePause, failures, two, three),
	derive(fault{name: "a long attempt is repeated twice", sense: all(retried, isLong), begins: twice},
		messages, besidePause, attempts(2, 4), failures, two, three),
)

// nothing is a fault that each test has to survive.
var nothing = fault{name: "no message is attempted", sends: lose}

// lose does not send a letter.
func lose(f *frame, l *letter, _ func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l.stage = over
}

// twice makes another attempt at the same time.
func twice(f *frame, r *run) { f.extra(0, r.letter) }

// again makes one more attempt within an hour, or hundreds. An hour counts from the beginning of
// the attempt before it.
func again(f *frame, m moment) error {
	switch f.choose(10, 0) {
	case 0, 1:
		f.extra(0, m.letter)
	case 2, 3:
		f.extra(time.Second<<(m.n-1), m.letter)
	case 4, 5, 6, 7, 8:
		f.extra(max(0, f.withinAnHour()-m.took), m.letter)
	default:
		f.flood.Do(func() {
			for i := range 120 {
				f.extra(time.Duration(i)*time.Second, m.letter)
			}
		})
	}
	return m.err
}

// withinAnHour is how long after something a superfluous attempt begins: as late as it may, or at any time before.
func (f *frame) withinAnHour() time.Duration {
	const latest = time.Hour - 100*time.Millisecond
	switch f.choose(3, 1) {
	case 0:
		return latest - rand.N(20*time.Millisecond)
	case 1:
		return latest - rand.N(10*time.Minute)
	default:
		return rand.N(latest)
	}
}

func late(*frame, *run) { time.Sleep(aWrongTime()) }

// misread takes the text of another letter, once: two letters that change places look right.
func misread(f *frame, r *run) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.letters, func(l *letter) bool { return l.text != r.text })
	if i >= 0 && !f.misread {
		f.misread = true
		r.text = f.letters[i].text
	}
}

// sendWaits waits for a while, or until the attempt has returned.
func sendWaits(f *frame, l *letter, send func()) {
	if f.choose(2, 0) == 0 {
		time.Sleep(aWrongTime())
		send()
		return
	}
	send()
	f.wait(func() bool { return l.tried > 0 || f.phase != open })
}

// heldUp waits until fewer than n other attempts are under way.
func heldUp(n int) func(*frame, *run) {
	return func(f *frame, r *run) {
		f.wait(func() bool {
			started := 0
			for _, other := range f.under {
				if other != r && !other.held {
					started++
				}
			}
			r.held = started >= n
			return !r.held
		})
	}
}

// queue waits until all earlier letters are done.
func queue(f *frame, r *run) {
	f.wait(func() bool {
		return !slices.ContainsFunc(f.letters[:r.number-1], func(l *letter) bool { return l.stage != over }) || f.phase != open
	})
}

func giveUp(f *frame, m moment) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	m.stage = over
	return nil
}

// mispause makes the next pause too long or too short.
func mispause(f *frame, m moment) error {
	off, halfway := aWrongTime(), min(m.took, limitOf)
	changes := []pausing{
		func(pause, _ time.Duration) time.Duration { return pause + off },
		func(pause, _ time.Duration) time.Duration { return pause - off },
		func(pause, _ time.Duration) time.Duration { return 2 * pause },
		func(time.Duration, time.Duration) time.Duration { return 0 },
	}
	if m.took >= off { // it counts from the beginning of the attempt
		changes = append(changes, func(pause, took time.Duration) time.Duration { return pause - took })
	}
	if m.took >= halfway+off { // it counts from the end of the context
		changes = append(changes, func(pause, took time.Duration) time.Duration { return pause - (took - halfway) })
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	m.next = changes[f.choose(len(changes), 0)]
	return m.err
}

// mistime changes when the context of an attempt ends, but not its deadline.
func mistime(f *frame, r *run) {
	off := aWrongTime()
	ends := []time.Duration{limitOf - off, limitOf + off, limitOf / 2, 2 * limitOf, 0, time.Nanosecond}
	errs := []error{context.Canceled, context.DeadlineExceeded, tooLong{}}
	f.mu.Lock()
	defer f.mu.Unlock()
	r.ctx = newLimit(ends[f.choose(len(ends), 0)], errs[f.choose(len(errs), 1)], f.choose(2, 2) == 0)
	for _, other := range f.under { // or it has the context of another attempt
		l, ok := other.ctx.(*limit)
		if ok && time.Since(l.began) >= off && f.choose(2, 3) == 0 {
			r.ctx = l
		}
	}
}

// endless is a mailer whose contexts do not end: a suite must not leave behind what waits for them.
var endless = derive(fault{name: "a context never ends", begins: func(f *frame, r *run) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r.ctx = newLimit(0, nil, true)
}}, always)[0]

func rush(_ *frame, r *run) { r.rushed = true }
