package atomic

import (
	"sync/atomic"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Int32 stands for atomic.Int32.
type Int32 atomic.Int32

func (x *Int32) real() *atomic.Int32 { return (*atomic.Int32)(x) }

func (x *Int32) at() { at(unsafe.Pointer(x)) }

// Load returns the value.
func (x *Int32) Load() int32 { look(unsafe.Pointer(x)); return sched.Loaded("Load", x.real().Load()) }

// Store sets the value.
func (x *Int32) Store(val int32) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Int32) Swap(new int32) (old int32) { x.at(); return swapped("Swap", new, x.real().Swap(new)) }

// CompareAndSwap stores new if the value is old.
func (x *Int32) CompareAndSwap(old, new int32) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}

// Add adds delta and returns the new value.
func (x *Int32) Add(delta int32) (new int32) { x.at(); return sched.Loaded("Add", x.real().Add(delta)) }

// And keeps the bits of mask and returns the previous value.
func (x *Int32) And(mask int32) (old int32) { x.at(); return sched.Returned("And", x.real().And(mask)) }

// Or sets the bits of mask and returns the previous value.
func (x *Int32) Or(mask int32) (old int32) { x.at(); return sched.Returned("Or", x.real().Or(mask)) }

// Int64 stands for atomic.Int64.
type Int64 atomic.Int64

func (x *Int64) real() *atomic.Int64 { return (*atomic.Int64)(x) }

func (x *Int64) at() { at(unsafe.Pointer(x)) }

// Load returns the value.
func (x *Int64) Load() int64 { look(unsafe.Pointer(x)); return sched.Loaded("Load", x.real().Load()) }

// Store sets the value.
func (x *Int64) Store(val int64) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Int64) Swap(new int64) (old int64) { x.at(); return swapped("Swap", new, x.real().Swap(new)) }

// CompareAndSwap stores new if the value is old.
func (x *Int64) CompareAndSwap(old, new int64) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}

// Add adds delta and returns the new value.
func (x *Int64) Add(delta int64) (new int64) { x.at(); return sched.Loaded("Add", x.real().Add(delta)) }

// And keeps the bits of mask and returns the previous value.
func (x *Int64) And(mask int64) (old int64) { x.at(); return sched.Returned("And", x.real().And(mask)) }

// Or sets the bits of mask and returns the previous value.
func (x *Int64) Or(mask int64) (old int64) { x.at(); return sched.Returned("Or", x.real().Or(mask)) }

// Uint32 stands for atomic.Uint32.
type Uint32 atomic.Uint32

func (x *Uint32) real() *atomic.Uint32 { return (*atomic.Uint32)(x) }

func (x *Uint32) at() { at(unsafe.Pointer(x)) }

// Load returns the value.
func (x *Uint32) Load() uint32 { look(unsafe.Pointer(x)); return sched.Loaded("Load", x.real().Load()) }

// Store sets the value.
func (x *Uint32) Store(val uint32) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Uint32) Swap(new uint32) (old uint32) {
	x.at()
	return swapped("Swap", new, x.real().Swap(new))
}

// CompareAndSwap stores new if the value is old.
func (x *Uint32) CompareAndSwap(old, new uint32) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}

// Add adds delta and returns the new value.
func (x *Uint32) Add(delta uint32) (new uint32) {
	x.at()
	return sched.Loaded("Add", x.real().Add(delta))
}

// And keeps the bits of mask and returns the previous value.
func (x *Uint32) And(mask uint32) (old uint32) {
	x.at()
	return sched.Returned("And", x.real().And(mask))
}

// Or sets the bits of mask and returns the previous value.
func (x *Uint32) Or(mask uint32) (old uint32) { x.at(); return sched.Returned("Or", x.real().Or(mask)) }

// Uint64 stands for atomic.Uint64.
type Uint64 atomic.Uint64

func (x *Uint64) real() *atomic.Uint64 { return (*atomic.Uint64)(x) }

func (x *Uint64) at() { at(unsafe.Pointer(x)) }

// Load returns the value.
func (x *Uint64) Load() uint64 { look(unsafe.Pointer(x)); return sched.Loaded("Load", x.real().Load()) }

// Store sets the value.
func (x *Uint64) Store(val uint64) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Uint64) Swap(new uint64) (old uint64) {
	x.at()
	return swapped("Swap", new, x.real().Swap(new))
}

// CompareAndSwap stores new if the value is old.
func (x *Uint64) CompareAndSwap(old, new uint64) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}

// Add adds delta and returns the new value.
func (x *Uint64) Add(delta uint64) (new uint64) {
	x.at()
	return sched.Loaded("Add", x.real().Add(delta))
}

// And keeps the bits of mask and returns the previous value.
func (x *Uint64) And(mask uint64) (old uint64) {
	x.at()
	return sched.Returned("And", x.real().And(mask))
}

// Or sets the bits of mask and returns the previous value.
func (x *Uint64) Or(mask uint64) (old uint64) { x.at(); return sched.Returned("Or", x.real().Or(mask)) }

// Uintptr stands for atomic.Uintptr.
type Uintptr atomic.Uintptr

func (x *Uintptr) real() *atomic.Uintptr { return (*atomic.Uintptr)(x) }

func (x *Uintptr) at() { at(unsafe.Pointer(x)) }

// Load returns the value.
func (x *Uintptr) Load() uintptr {
	look(unsafe.Pointer(x))
	return sched.Loaded("Load", x.real().Load())
}

// Store sets the value.
func (x *Uintptr) Store(val uintptr) { x.at(); x.real().Store(val); sched.Holds(val) }

// Swap stores new and returns the previous value.
func (x *Uintptr) Swap(new uintptr) (old uintptr) {
	x.at()
	return swapped("Swap", new, x.real().Swap(new))
}

// CompareAndSwap stores new if the value is old.
func (x *Uintptr) CompareAndSwap(old, new uintptr) (swapped bool) {
	x.at()
	return compared("CompareAndSwap", new, x.real().CompareAndSwap(old, new))
}

// Add adds delta and returns the new value.
func (x *Uintptr) Add(delta uintptr) (new uintptr) {
	x.at()
	return sched.Loaded("Add", x.real().Add(delta))
}

// And keeps the bits of mask and returns the previous value.
func (x *Uintptr) And(mask uintptr) (old uintptr) {
	x.at()
	return sched.Returned("And", x.real().And(mask))
}

// Or sets the bits of mask and returns the previous value.
func (x *Uintptr) Or(mask uintptr) (old uintptr) {
	x.at()
	return sched.Returned("Or", x.real().Or(mask))
}
