// Package sync stands in for the standard library's in a fix that sets the L of a Cond, or
// has a Pool. The race detector does not see that package sync reads the fields L and New: it
// sees it here.
// Everything else is the standard library's.
package sync

import std "sync"

type (
	Locker    = std.Locker
	Map       = std.Map
	Mutex     = std.Mutex
	Once      = std.Once
	RWMutex   = std.RWMutex
	WaitGroup = std.WaitGroup
)

// Cond is sync.Cond.
type Cond struct {
	L Locker

	real std.Cond
}

func NewCond(l Locker) *Cond { return &Cond{L: l} }

func (c *Cond) Wait() { c.following().Wait() }

func (c *Cond) Signal() { c.following().Signal() }

func (c *Cond) Broadcast() { c.following().Broadcast() }

// following is the real one, whose lock is what L is when it is locked. All write the same.
//
//go:norace
func (c *Cond) following() *std.Cond {
	if c.real.L == nil {
		c.real.L = (*locker)(c)
	}
	return &c.real
}

// locker locks the L of a Cond.
type locker Cond

func (l *locker) Lock() { l.L.Lock() }

func (l *locker) Unlock() { l.L.Unlock() }

// Pool is sync.Pool.
type Pool struct {
	real std.Pool

	New func() any
}

func (p *Pool) Put(x any) { p.real.Put(x) }

func (p *Pool) Get() any {
	x, make := p.real.Get(), p.New
	if x == nil && make != nil {
		x = make()
	}
	return x
}

func OnceFunc(f func()) func() { return std.OnceFunc(f) }

func OnceValue[T any](f func() T) func() T { return std.OnceValue[T](f) }

func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	return std.OnceValues[T1, T2](f)
}
