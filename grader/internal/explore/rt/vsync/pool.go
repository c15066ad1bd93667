package sync

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Pool stands for sync.Pool. Under control it never drops anything, so that a value used
// after its Put is met again, and has the order of sync.Pool on one processor: first what
// was put into the empty place for one value, then what was put last.
type Pool struct {
	noCopy noCopy

	store lazily[store]
	_     [unsafe.Sizeof(sync.Pool{}) - unsafe.Sizeof(uintptr(0)) - unsafe.Sizeof(func() {})]byte

	// New makes a value when Get has none to give.
	New func() any
}

// store is what a Pool holds.
type store struct {
	real  sync.Pool
	guard guard
	first *pooled // sync's "private"
	top   *pooled
}

// pooled is a value in the pool. Its address carries the happens-before edge
// from the Put to the Get of this value, and to no other.
type pooled struct {
	value any
	below *pooled
}

// Put adds x to the pool.
func (p *Pool) Put(x any) {
	if x == nil {
		return
	}
	if !sched.Active() {
		p.store.get().real.Put(x)
		return
	}
	sched.Park(sched.OpPool, 0, unsafe.Pointer(p), nil, 0)
	p.store.get().push(x)
}

// Get takes a value from the pool, or makes one.
func (p *Pool) Get() any {
	x := p.take()
	if x == nil && p.New != nil {
		x = p.New()
	}
	return x
}

func (p *Pool) take() any {
	if !sched.Active() {
		return p.store.get().real.Get()
	}
	sched.Park(sched.OpPool, 0, unsafe.Pointer(p), nil, 0)
	return p.store.get().pop()
}

//go:norace
func (p *store) push(x any) {
	n := &pooled{value: x}
	sched.ReleaseMerge(unsafe.Pointer(n))
	p.guard.lock()
	if p.first == nil {
		p.first = n
	} else {
		n.below = p.top
		p.top = n
	}
	p.guard.unlock()
}

//go:norace
func (p *store) pop() any {
	p.guard.lock()
	n := p.first
	if n != nil {
		p.first = nil
	} else if n = p.top; n != nil {
		p.top = n.below
	}
	p.guard.unlock()
	if n == nil {
		return nil
	}
	sched.Acquire(unsafe.Pointer(n))
	return n.value
}

// guard is a lock that the race detector does not see. Nothing waits while it
// is held, so it is never contended under control.
type guard struct{ mu sync.Mutex }

func (g *guard) lock() {
	sched.Off()
	g.mu.Lock()
	sched.On()
}

func (g *guard) unlock() {
	sched.Off()
	g.mu.Unlock()
	sched.On()
}

// lazily is a T that is made when it is first asked for.
type lazily[T any] struct{ made atomic.Pointer[T] }

// get returns it. The race detector does not see that.
func (l *lazily[T]) get() *T {
	sched.Off()
	defer sched.On()
	if x := l.made.Load(); x != nil {
		return x
	}
	l.made.CompareAndSwap(nil, new(T))
	return l.made.Load()
}
