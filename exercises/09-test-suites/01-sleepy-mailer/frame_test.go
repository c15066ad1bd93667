package sleepymailer_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"heisenkata/exercises/09-test-suites/01-sleepy-mailer"
)

// A letter is a message that was sent, and what was so at the time.
type letter struct {
	text   string
	number int  // from 1, in the order in which they were sent
	twin   bool // one with this text was sent before
	phase  phase
	others struct{ attempted, pausing int }

	stage stage
	tried int       // how many attempts have returned
	until time.Time // when its pause ends
	last  result    // of its attempts
	next  pausing   // how a bug changes the next pause; nil if it does not
}

// A stage is what goes on with a letter.
type stage int

const (
	attempted stage = iota // or just sent
	pauses
	over
)

// A phase of a mailer: Close has not been called, waits, or has returned.
type phase int

const (
	open phase = iota
	waiting
	closed
)

type result struct {
	err  error
	took time.Duration
}

// pausing returns what becomes of a pause after an attempt that took so long.
type pausing func(pause, took time.Duration) time.Duration

// A moment is all that a condition can depend on.
type moment struct {
	*letter
	n       int // of the attempt, from 1
	beside  int // how many other attempts are under way
	now     phase
	atFirst int // how many attempts were under way when Close was called for the first time
	result      // of this attempt once it has returned; before that, of the one before it
}

// A run is a call of deliver.
type run struct {
	moment
	ctx    context.Context
	text   string
	held   bool // by a bug: deliver has not been called
	rushed bool // it is given up when its context ends, and not awaited
}

// A frame is what a suite sees of a right mailer. It knows what goes on, and may have a bug.
type frame struct {
	inner   post
	deliver sleepymailer.Deliver
	bug     *bug // nil if there is none
	drawn   uint64

	mu       sync.Mutex
	changed  *sync.Cond // an attempt has ended
	letters  []*letter
	under    []*run
	phase    phase
	atFirst  int
	closedAt time.Time // when Close has returned for the first time

	misread bool      // a letter has had the text of another
	flood   sync.Once // of attempts at a letter
}

// newFrame returns a mailer of a kind, with a bug or without. What was drawn is the same for all mailers
// of one call of a test: they are wrong in the same way.
func newFrame(k kind, b *bug, drawn uint64, deliver sleepymailer.Deliver) *frame {
	f := &frame{deliver: deliver, bug: b, drawn: drawn}
	f.changed = sync.NewCond(&f.mu)
	f.inner = k.open(f.plan, f.attempt)
	return f
}

// choose chooses one of n ways in which a bug may show; which choice it is makes it independent of others.
func (f *frame) choose(n int, which uint) int {
	return int(f.drawn >> (16 * which) & 0xffff % uint64(n))
}

// hits reports whether the bug shows at this moment, if it is one of the kind that has a hook here.
func (f *frame) hits(hook bool, m moment) bool {
	return hook && (f.bug.sense == nil || f.bug.sense(m)) && f.bug.when(m)
}

func (f *frame) Send(text string) {
	m := f.letter(text)
	send := func() { f.inner.send(m.letter) }
	if f.bug != nil && f.hits(f.bug.sends != nil, m) {
		f.bug.sends(f, m.letter, send)
		return
	}
	send()
}

// letter returns a new letter, and what is so when it is sent.
func (f *frame) letter(text string) moment {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := &letter{text: text, number: len(f.letters) + 1, phase: f.phase}
	for _, other := range f.letters {
		l.twin = l.twin || other.text == text
		switch other.stage {
		case attempted:
			l.others.attempted++
		case pauses:
			l.others.pausing++
		}
	}
	f.letters = append(f.letters, l)
	return moment{letter: l, n: 1, beside: l.others.attempted, now: l.phase, atFirst: f.atFirst}
}

// attempt is what the inner mailer calls.
func (f *frame) attempt(ctx context.Context, l *letter, n int) error {
	r, ok := f.begin(ctx, l, n)
	if !ok {
		return nil
	}
	if f.bug != nil && f.hits(f.bug.begins != nil, r.moment) {
		f.bug.begins(f, r)
	}
	began := time.Now()
	err := f.await(r)
	m := f.returned(r, result{err, time.Since(began)})
	if f.bug != nil && f.hits(f.bug.returns != nil, m) {
		return f.bug.returns(f, m)
	}
	return err
}

// begin returns the next run, or false if it must not begin any more.
func (f *frame) begin(ctx context.Context, l *letter, n int) (*run, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	m := moment{l, n, f.besides(l), f.phase, f.atFirst, l.last}
	if f.bug != nil && f.bug.gate != nil && f.phase != open && !f.bug.gate(f, m) {
		l.stage = over
		return nil, false
	}
	l.stage = attempted
	r := &run{moment: m, ctx: ctx, text: l.text}
	f.under = append(f.under, r)
	return r, true
}

// besides counts the other letters that are attempted, or have just been sent.
func (f *frame) besides(l *letter) (n int) {
	for _, other := range f.letters {
		if other != l && other.stage == attempted {
			n++
		}
	}
	return n
}

var errRushed = errors.New("given up")

// await calls deliver, and waits until it has returned, or its context has ended if it is rushed.
func (f *frame) await(r *run) error {
	if !r.rushed {
		defer f.ended(r)
		return f.deliver(r.ctx, r.text)
	}
	returned := make(chan error, 1)
	go func() {
		defer f.ended(r)
		returned <- f.deliver(r.ctx, r.text)
	}()
	select {
	case err := <-returned:
		return err
	case <-r.ctx.Done():
		return errRushed
	}
}

func (f *frame) ended(r *run) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, other := range f.under {
		if other == r {
			f.under = append(f.under[:i:i], f.under[i+1:]...)
			break
		}
	}
	f.changed.Broadcast()
}

// returned records how an attempt ended. The letter pauses, or is over.
func (f *frame) returned(r *run, res result) moment {
	f.mu.Lock()
	defer f.mu.Unlock()
	defer f.changed.Broadcast()
	r.last, r.stage, r.tried = res, over, r.n
	if res.err != nil && r.n < 4 {
		r.stage = pauses
		r.until = time.Now().Add(time.Second << (r.n - 1))
	}
	return moment{r.letter, r.n, f.besides(r.letter), f.phase, f.atFirst, res}
}

// plan is the right one, but for what a bug has changed.
func (f *frame) plan(l *letter, failed int, took time.Duration) (time.Duration, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	pause, change := time.Second<<(failed-1), l.next
	l.next = nil
	if change != nil {
		pause = max(0, change(pause, took))
	}
	return pause, failed < 4
}

// extra makes a superfluous attempt, after d, unless Close has been called by then.
func (f *frame) extra(d time.Duration, l *letter) {
	go func() {
		time.Sleep(d)
		f.mu.Lock()
		r := &run{moment: moment{letter: l, n: 5}, ctx: newLimit(limitOf, context.Canceled, false), text: l.text}
		begins := f.phase == open
		if begins {
			f.under = append(f.under, r)
		}
		f.mu.Unlock()
		if begins {
			_ = f.await(r)
		}
	}()
}

// Close closes the inner mailer, and waits for what the frame itself has begun. A bug in Close
// takes its place.
func (f *frame) Close() {
	if f.bug != nil && f.bug.closes != nil {
		f.bug.closes(f)
		return
	}
	f.mu.Lock()
	f.phase = waiting
	f.changed.Broadcast()
	f.mu.Unlock()
	f.inner.close()
	f.wait(func() bool { return len(f.under) == 0 })
}

// wait waits until something is true, which it asks whenever an attempt has ended.
func (f *frame) wait(until func() bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for !until() {
		f.changed.Wait()
	}
}

// aWrongTime is how far a time is off: no further than it has to be, or up to almost a second.
func aWrongTime() time.Duration {
	off := 100*time.Millisecond + rand.N(20*time.Millisecond)
	if rand.IntN(3) == 0 {
		off += rand.N(850 * time.Millisecond)
	}
	return off
}
