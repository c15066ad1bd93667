package sync

import (
	"sync/atomic"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Once stands for sync.Once, and is built in the same way, so that the
// happens-before edges are the same.
type Once struct {
	m    Mutex // first, so that reports name it as the Once
	done atomic.Bool
}

// Do calls f if and only if Do has not been called before.
func (o *Once) Do(f func()) {
	sched.Park(sched.OpOnce, 0, unsafe.Pointer(o), nil, 0)
	if !o.done.Load() {
		o.doSlow(f)
	}
}

func (o *Once) doSlow(f func()) {
	o.m.Lock()
	defer o.m.Unlock()
	if !o.done.Load() {
		defer o.done.Store(true)
		f()
	}
}

// OnceFunc returns a function that calls f only once. If f panics, each call
// panics with the same value.
func OnceFunc(f func()) func() {
	o := &onceCall{f: f}
	return o.do
}

// OnceValue returns a function that calls f only once and returns its value.
func OnceValue[T any](f func() T) func() T {
	var result T
	o := &onceCall{f: func() { result = f() }}
	return func() T {
		o.do()
		return result
	}
}

// OnceValues returns a function that calls f only once and returns its values.
func OnceValues[T1, T2 any](f func() (T1, T2)) func() (T1, T2) {
	var r1 T1
	var r2 T2
	o := &onceCall{f: func() { r1, r2 = f() }}
	return func() (T1, T2) {
		o.do()
		return r1, r2
	}
}

// onceCall is a function that is called once, and what became of that.
type onceCall struct {
	f     func()
	once  Once
	valid bool // f has returned
	p     any  // what it panicked with
}

func (o *onceCall) do() {
	o.once.Do(o.call)
	if !o.valid {
		panic(o.p)
	}
}

func (o *onceCall) call() {
	defer func() {
		o.f = nil // what it refers to is not kept alive
		o.p = recover()
		if !o.valid {
			panic(o.p) // at once, so that the stack shows where
		}
	}()
	o.f()
	o.valid = true
}
