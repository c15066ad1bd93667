// Package shop has one bug in each type.
package shop

import (
	"sync"
	"sync/atomic"
)

// Visits loses updates.
type Visits struct{ n int }

// Add counts a visit.
func (v *Visits) Add() {
	v.n++
}

// Seats sells one too many: it checks, and then acts.
type Seats struct{ left atomic.Int64 }

// Buy tells whether there was a seat left.
func (s *Seats) Buy() bool {
	if s.left.Load() <= 0 {
		return false
	}
	s.left.Add(-1)
	return true
}

// Order is paid, and then sent.
type Order struct{ paid, sent atomic.Bool }

// Pay pays, and sends.
func (o *Order) Pay() {
	o.paid.Store(true)
	o.sent.Store(true)
}

// Free tells whether it is sent and not paid: it should not look in this order.
func (o *Order) Free() bool {
	return !o.paid.Load() && o.sent.Load()
}

// Account is locked in the order of a transfer's arguments.
type Account struct {
	mu      sync.Mutex
	balance int
}

// Transfer moves money.
func Transfer(from, to *Account, n int) {
	from.mu.Lock()
	defer from.mu.Unlock()
	to.mu.Lock()
	defer to.mu.Unlock()
	from.balance -= n
	to.balance += n
}

// Gate loses wake-ups: it looks whether it is open, and then waits.
type Gate struct {
	open  atomic.Bool
	waits atomic.Bool
	wake  chan bool
}

// Open opens the gate and wakes the visitor, if one waits.
func (g *Gate) Open() {
	g.open.Store(true)
	if g.waits.Load() {
		g.wake <- true
	}
}

// Pass waits until the gate is open.
func (g *Gate) Pass() {
	if !g.open.Load() {
		g.waits.Store(true)
		<-g.wake
	}
}

// First returns the answer that comes first. The other goroutine is left.
func First(ask ...func() int) int {
	answers := make(chan int)
	for _, f := range ask {
		go func() { answers <- f() }()
	}
	return <-answers
}
