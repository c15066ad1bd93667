package sched

import (
	"unsafe"

	"heisenkata/grader/internal/explore/rt/search"
)

// A channel operation is a point, an attempt that does not wait, and only if
// that fails the native operation, announced, with a point after it.

// SendOp is a send whose channel has been evaluated.
type SendOp[T any] struct {
	C chan<- T
	V T
}

// SendTo begins a send: channel first, value second, as Go evaluates them.
func SendTo[T any](ch chan<- T) *SendOp[T] { return &SendOp[T]{C: ch} }

func (s *SendOp[T]) obj() unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&s.C)) }

// Try sends if it can at once; it panics on a closed channel.
func (s *SendOp[T]) Try() bool {
	select {
	case s.C <- s.V:
		return true
	default:
		return false
	}
}

// Do sends v.
func (s *SendOp[T]) Do(site uint32, v T) {
	if !Active() {
		s.C <- v
		return
	}
	follow(s.obj())
	Park(OpSend, site, s.obj(), nil, 0)
	sent(v)
	select {
	case s.C <- v:
		return
	default:
	}
	Blocked(OpSend, site, s.obj())
	defer After(site, s.obj()) // also when the channel is closed under us
	s.C <- v
}

// RecvOp is a receive whose channel has been evaluated.
type RecvOp[T any] struct {
	C  <-chan T
	V  T
	OK bool
}

// RecvFrom begins a receive.
func RecvFrom[T any](ch <-chan T) *RecvOp[T] { return &RecvOp[T]{C: ch} }

// Zero is the zero value of the channel's elements.
func (*RecvOp[T]) Zero() (z T) { return z }

// Try receives if it can at once.
func (r *RecvOp[T]) Try() bool {
	select {
	case r.V, r.OK = <-r.C:
		return true
	default:
		return false
	}
}

// Next receives the next value of a range over the channel.
func (r *RecvOp[T]) Next(site uint32) bool {
	r.V, r.OK = Recv2(site, r.C)
	return r.OK
}

// Recv2 is v, ok := <-ch.
func Recv2[T any](site uint32, ch <-chan T) (v T, ok bool) {
	if !Active() {
		v, ok = <-ch
		return v, ok
	}
	obj := *(*unsafe.Pointer)(unsafe.Pointer(&ch))
	follow(obj)
	Park(OpRecv, site, obj, nil, 0)
	select {
	case v, ok = <-ch:
		return received(v, ok)
	default:
	}
	Blocked(OpRecv, site, obj)
	v, ok = <-ch
	After(site, obj)
	return received(v, ok)
}

// sent notes what the step under way sends.
func sent[T any](v T) {
	if Tells() {
		noteValue(seen{value: valueOf(v), call: sends})
	}
}

// received notes what a receive returns.
func received[T any](v T, ok bool) (T, bool) {
	noteReceived(receives, v, ok)
	return v, ok
}

func noteReceived[T any](call string, v T, ok bool) {
	switch {
	case !Tells():
	case !ok:
		noteValue(seen{value: value{kind: isClosed}, call: call})
	default:
		noteValue(seen{value: valueOf(v), call: call})
	}
}

// Recv is v := <-ch.
func Recv[T any](site uint32, ch <-chan T) T {
	v, _ := Recv2(site, ch)
	return v
}

// Close closes ch.
func Close[T any](site uint32, ch chan<- T) {
	obj := *(*unsafe.Pointer)(unsafe.Pointer(&ch))
	follow(obj)
	Park(OpClose, site, obj, nil, 0)
	close(ch)
}

// LenAt is a channel whose length is looked at, with a point before that.
func LenAt[C any](site uint32, ch C) C {
	Park(OpLen, site, *(*unsafe.Pointer)(unsafe.Pointer(&ch)), nil, 0)
	return ch
}

func (r *RecvOp[T]) obj() unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&r.C)) }

// Operation is one of a select's.
type Operation interface {
	obj() unsafe.Pointer
	tell() // notes what was sent or received
}

func (s *SendOp[T]) tell() { sent(s.V) }

func (r *RecvOp[T]) tell() { noteReceived(takes, r.V, r.OK) }

// Select is the point before a select of channel operations; it returns the
// one to try first. A select without a controller tries from the top, and the
// native select that follows picks at random.
func Select(site uint32, operations ...Operation) int {
	if c := at(); c != nil {
		objs := make([]uintptr, len(operations))
		for i, o := range operations {
			objs[i] = uintptr(o.obj())
			follow(o.obj())
		}
		c.selects(objs)
	}
	return Park(OpSelect, site, nil, nil, len(operations))
}

// selects notes the channels that a select of the calling goroutine is about to touch.
//
//go:norace
func (c *Controller) selects(objs []uintptr) {
	Off()
	g := c.self()
	On()
	g.choosing = [search.Most]uintptr{}
	g.many = len(objs) > search.Most
	for i := range min(len(objs), search.Most) {
		g.choosing[i] = objs[i]
	}
}

// Took notes which operation a select took before it had to wait; -1 if none.
//
//go:norace
func Took(i int) {
	if c := at(); c != nil {
		if c.took = i + 1; i < 0 {
			c.took = -1
			InVain()
		}
	}
}
