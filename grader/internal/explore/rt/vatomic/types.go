// Package atomic stands in for package sync/atomic in instrumented code: there is a point
// before each operation, and the operation is the real one.
package atomic

import (
	"reflect"
	"sync/atomic"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// at is the point before an operation on what p points to.
func at(p unsafe.Pointer) { sched.Park(sched.OpAtomic, 0, p, nil, 0) }

// look is the point before an operation that only reads what p points to.
func look(p unsafe.Pointer) { sched.Park(sched.OpLoad, 0, p, nil, 0) }

// swapped is the old value that a call returns, after it has stored new.
func swapped[T any](call string, new, old T) T {
	if sched.MustBlock() && same(old, new) {
		sched.InVain()
	}
	sched.Holds(new)
	return sched.Returned(call, old)
}

// same reports whether two values are equal, if they can be compared.
func same[T any](a, b T) bool {
	v := reflect.ValueOf(&a).Elem()
	return v.Comparable() && v.Equal(reflect.ValueOf(&b).Elem())
}

// compared is whether a call has stored new.
func compared[T any](call string, new T, stored bool) bool {
	if stored {
		sched.Holds(new)
	} else {
		sched.InVain()
	}
	return sched.Returned(call, stored)
}

// Value stands for atomic.Value.
type Value atomic.Value

func (x *Value) real() *atomic.Value { return (*atomic.Value)(x) }

func (x *Value) at() { at(unsafe.Pointer(x)) }

// Load returns the value set by the most recent Store, or nil.
func (x *Value) Load() (val any) {
	look(unsafe.Pointer(x))
	return sched.Loaded("Load", x.real().Load())
}

// Store sets the value to val.
func (x *Value) Store(val any) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Value) Swap(new any) (old any) { x.at(); return swapped("Swap", new, x.real().Swap(new)) }

// CompareAndSwap stores new if the value is old.
func (x *Value) CompareAndSwap(old, new any) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}

// Bool stands for atomic.Bool.
type Bool atomic.Bool

func (x *Bool) real() *atomic.Bool { return (*atomic.Bool)(x) }

func (x *Bool) at() { at(unsafe.Pointer(x)) }

// Load returns the value.
func (x *Bool) Load() bool { look(unsafe.Pointer(x)); return sched.Loaded("Load", x.real().Load()) }

// Store sets the value.
func (x *Bool) Store(val bool) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Bool) Swap(new bool) (old bool) { x.at(); return swapped("Swap", new, x.real().Swap(new)) }

// CompareAndSwap stores new if the value is old.
func (x *Bool) CompareAndSwap(old, new bool) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}

// Pointer stands for atomic.Pointer. As there, no Pointer can be converted to
// one of another type.
type Pointer[T any] atomic.Pointer[T]

func (x *Pointer[T]) real() *atomic.Pointer[T] { return (*atomic.Pointer[T])(x) }

func (x *Pointer[T]) at() { at(unsafe.Pointer(x)) }

// Load returns the value.
func (x *Pointer[T]) Load() *T { look(unsafe.Pointer(x)); return sched.Loaded("Load", x.real().Load()) }

// Store sets the value.
func (x *Pointer[T]) Store(val *T) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Pointer[T]) Swap(new *T) (old *T) { x.at(); return swapped("Swap", new, x.real().Swap(new)) }

// CompareAndSwap stores new if the value is old.
func (x *Pointer[T]) CompareAndSwap(old, new *T) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}
