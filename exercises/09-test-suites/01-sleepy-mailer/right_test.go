package sleepymailer_test

import (
	"context"
	"sync"
	"time"

	"heisenkata/exercises/09-test-suites/01-sleepy-mailer"
)

// A kind of mailer keeps the contract in its own way, if it follows the right plan.
// The kinds differ in what the contract leaves open.
type kind struct {
	name string
	open func(p plan, deliver attempt) sleepymailer.Mailer
}

var kinds = []kind{
	{"a goroutine for each message", func(p plan, deliver attempt) sleepymailer.Mailer {
		return &withGoroutines{plan: p, deliver: deliver, closed: make(chan struct{})}
	}},
	{"an event loop", func(p plan, deliver attempt) sleepymailer.Mailer {
		m := &withLoop{plan: p, deliver: deliver, sent: make(chan string), due: make(chan turn), failed: make(chan failure),
			closing: make(chan struct{}), closed: make(chan struct{})}
		go m.loop()
		return m
	}},
	{"a lock and alarms", func(p plan, deliver attempt) sleepymailer.Mailer {
		return &withAlarms{plan: p, deliver: deliver, idle: make(chan struct{})}
	}},
}

// An attempt is a Deliver that is told the number of the attempt, from 1.
type attempt func(ctx context.Context, message string, n int) error

// withGoroutines does not end the context of an attempt that has returned, and gives up a
// message whose goroutine has not run when it is closed.
type withGoroutines struct {
	plan
	deliver attempt
	mu      sync.Mutex
	under   sync.WaitGroup
	closed  chan struct{}
}

func (m *withGoroutines) Send(message string) { go m.run(message) }

func (m *withGoroutines) run(message string) {
	for n := 1; m.begin(); n++ {
		began := time.Now()
		err := m.deliver(newLimit(m.timeout(n), context.Canceled, false), message, n)
		took := time.Since(began)
		m.under.Done()
		if err == nil {
			return
		}
		pause, again := m.pause(n, took)
		if !again {
			return
		}
		select {
		case <-after(pause):
		case <-m.closed:
		}
	}
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

func (m *withGoroutines) Close() {
	m.mu.Lock()
	select {
	case <-m.closed:
	default:
		close(m.closed)
	}
	m.mu.Unlock()
	m.under.Wait()
}

// withLoop has one goroutine that knows all. Its contexts have a deadline, and Close ends them.
type withLoop struct {
	plan
	deliver attempt
	sent    chan string
	due     chan turn
	failed  chan failure
	once    sync.Once
	closing chan struct{}
	closed  chan struct{} // when no attempt is under way
}

type turn struct {
	message string
	n       int
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
		ctx := newLimit(m.timeout(t.n), context.DeadlineExceeded, true)
		under[ctx] = true
		go m.try(ctx, t)
	}
	for closing != nil || len(under) > 0 {
		select {
		case message := <-m.sent:
			start(turn{message, 1})
		case t := <-m.due:
			start(t)
		case f := <-m.failed:
			f.ctx.end(context.Canceled)
			delete(under, f.ctx)
			if f.err == nil {
				continue
			}
			if pause, again := m.pause(f.n, f.took); again {
				go m.wake(turn{f.message, f.n + 1}, pause)
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
	err := m.deliver(ctx, t.message, t.n)
	m.failed <- failure{t, ctx, time.Since(began), err}
}

func (m *withLoop) wake(t turn, pause time.Duration) {
	time.Sleep(pause)
	select {
	case m.due <- t:
	case <-m.closed:
	}
}

func (m *withLoop) Send(message string) {
	select {
	case m.sent <- message:
	case <-m.closed:
	}
}

func (m *withLoop) Close() {
	m.once.Do(func() { close(m.closing) })
	<-m.closed
}

// withAlarms has no goroutine for a message that pauses. It makes the first attempt of each message
// that was sent before it is closed, and ends the context of an attempt that has returned.
type withAlarms struct {
	plan
	deliver attempt
	mu      sync.Mutex
	under   int
	closed  bool
	idle    chan struct{} // closed when no attempt is under way, and none will be
}

func (m *withAlarms) Send(message string) { m.start(message, 1) }

func (m *withAlarms) start(message string, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	m.under++
	go m.try(message, n)
}

func (m *withAlarms) try(message string, n int) {
	ctx := newLimit(m.timeout(n), context.DeadlineExceeded, false)
	began := time.Now()
	err := m.deliver(ctx, message, n)
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
	if pause, again := m.pause(n, took); again {
		go func() {
			time.Sleep(pause)
			m.start(message, n+1)
		}()
	}
}

func (m *withAlarms) Close() {
	m.mu.Lock()
	if !m.closed && m.under == 0 {
		close(m.idle)
	}
	m.closed = true
	m.mu.Unlock()
	<-m.idle
}
