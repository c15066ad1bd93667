package sleepymailer_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// A post is a mailer of letters.
type post interface {
	send(*letter)
	close()
}

// A kind of mailer keeps the contract in its own way, if it follows the right plan.
// The kinds differ in what the contract leaves open.
type kind struct {
	name string
	open func(p plan, deliver attempt) post
}

var kinds = []kind{
	{"a goroutine for each message", func(p plan, deliver attempt) post {
		return &withGoroutines{plan: p, deliver: deliver, closed: make(chan struct{})}
	}},
	{"an event loop", func(p plan, deliver attempt) post {
		m := &withLoop{plan: p, deliver: deliver, sent: make(chan *letter), due: make(chan turn), failed: make(chan failure),
			closing: make(chan struct{}), closed: make(chan struct{})}
		go m.loop()
		return m
	}},
	{"a lock and alarms", func(p plan, deliver attempt) post {
		return &withAlarms{plan: p, deliver: deliver, idle: make(chan struct{})}
	}},
}

// An attempt is a Deliver that is told the number of the attempt, from 1.
type attempt func(ctx context.Context, l *letter, n int) error

// A plan says how long to pause after so many attempts at a letter have failed, the last of which
// took so long; false if the letter is given up.
type plan func(l *letter, failed int, took time.Duration) (time.Duration, bool)

// withGoroutines does not end the context of an attempt that has returned, and gives up a
// letter whose goroutine has not run when it is closed. Attempts that begin at the same instant
// share a context, whose error is of its own type.
type withGoroutines struct {
	plan
	deliver attempt
	mu      sync.Mutex
	shared  *limit
	under   sync.WaitGroup
	closed  chan struct{}
}

func (m *withGoroutines) send(l *letter) { go m.run(l) }

func (m *withGoroutines) run(l *letter) {
	for n := 1; m.begin(); n++ {
		began := time.Now()
		err := m.deliver(m.limit(), l, n)
		took := time.Since(began)
		m.under.Done()
		if err == nil {
			return
		}
		pause, again := m.plan(l, n, took)
		if !again {
			return
		}
		select {
		case <-after(pause):
		case <-m.closed:
		}
	}
}

func (m *withGoroutines) limit() *limit {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.shared == nil || !m.shared.began.Equal(time.Now()) {
		m.shared = newLimit(limitOf, tooLong{}, false)
	}
	return m.shared
}

func (m *withGoroutines) begin() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.closed:
		return false
	default:
		m.under.Add(1)
		return true
	}
}

func (m *withGoroutines) close() {
	m.mu.Lock()
	select {
	case <-m.closed:
	default:
		close(m.closed)
	}
	m.mu.Unlock()
	m.under.Wait()
}

// withLoop has one goroutine that knows everything. Its contexts have a deadline, right or not, or none, and Close
// ends them.
type withLoop struct {
	plan
	deliver attempt
	sent    chan *letter
	due     chan turn
	failed  chan failure
	once    sync.Once
	closing chan struct{}
	closed  chan struct{} // when no attempt is under way
}

type turn struct {
	*letter
	n int
}

// A failure is an attempt that has returned, without an error if it is none.
type failure struct {
	turn
	ctx  *limit
	took time.Duration
	err  error
}

func (m *withLoop) loop() {
	defer close(m.closed)
	under, closing := map[*limit]bool{}, m.closing
	start := func(t turn) {
		if closing == nil {
			return
		}
		ctx := newLimit(limitOf, context.DeadlineExceeded, rand.IntN(4) > 0)
		under[ctx] = true
		go m.try(ctx, t)
	}
	for closing != nil || len(under) > 0 {
		select {
		case l := <-m.sent:
			start(turn{l, 1})
		case t := <-m.due:
			start(t)
		case f := <-m.failed:
			f.ctx.end(context.Canceled)
			delete(under, f.ctx)
			if f.err == nil {
				continue
			}
			if pause, again := m.plan(f.letter, f.n, f.took); again {
				go m.wake(turn{f.letter, f.n + 1}, pause)
			}
		case <-closing:
			closing = nil
			for ctx := range under {
				ctx.end(context.Canceled)
			}
		}
	}
}

func (m *withLoop) try(ctx *limit, t turn) {
	began := time.Now()
	err := m.deliver(ctx, t.letter, t.n)
	m.failed <- failure{t, ctx, time.Since(began), err}
}

func (m *withLoop) wake(t turn, pause time.Duration) {
	time.Sleep(pause)
	select {
	case m.due <- t:
	case <-m.closed:
	}
}

func (m *withLoop) send(l *letter) {
	select {
	case m.sent <- l:
	case <-m.closed:
	}
}

func (m *withLoop) close() {
	m.once.Do(func() { close(m.closing) })
	<-m.closed
}

// withAlarms has no goroutine for a letter that pauses. It makes the first attempt of each letter
// that was sent before it is closed, and ends the context of an attempt that has returned.
type withAlarms struct {
	plan
	deliver attempt
	mu      sync.Mutex
	under   int
	closed  bool
	idle    chan struct{} // closed when no attempt is under way, and none will be
}

func (m *withAlarms) send(l *letter) { m.start(l, 1) }

func (m *withAlarms) start(l *letter, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.under++
	go m.try(l, n)
}

func (m *withAlarms) try(l *letter, n int) {
	ctx := newLimit(limitOf, context.Canceled, false)
	began := time.Now()
	err := m.deliver(ctx, l, n)
	took := time.Since(began)
	ctx.end(context.Canceled)

	m.mu.Lock()
	defer m.mu.Unlock()
	if m.under--; m.under == 0 && m.closed {
		close(m.idle)
	}
	if err == nil {
		return
	}
	if pause, again := m.plan(l, n, took); again {
		go func() {
			time.Sleep(pause)
			m.start(l, n+1)
		}()
	}
}

func (m *withAlarms) close() {
	m.mu.Lock()
	if !m.closed && m.under == 0 {
		close(m.idle)
	}
	m.closed = true
	m.mu.Unlock()
	<-m.idle
}
