package atomic

import (
	"sync/atomic"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// The functions below stand for those of the same names.

// LoadInt32 loads *addr.
func LoadInt32(addr *int32) (val int32) {
	look(unsafe.Pointer(addr))
	return sched.Loaded("LoadInt32", atomic.LoadInt32(addr))
}

// StoreInt32 stores val into *addr.
func StoreInt32(addr *int32, val int32) {
	at(unsafe.Pointer(addr))
	atomic.StoreInt32(addr, val)
	sched.Holds(val)
}

// SwapInt32 stores new into *addr and returns the previous value.
func SwapInt32(addr *int32, new int32) (old int32) {
	at(unsafe.Pointer(addr))
	return swapped("SwapInt32", new, atomic.SwapInt32(addr, new))
}

// CompareAndSwapInt32 stores new into *addr if that is old.
func CompareAndSwapInt32(addr *int32, old, new int32) (swapped bool) {
	at(unsafe.Pointer(addr))
	return compared("CompareAndSwapInt32", new, atomic.CompareAndSwapInt32(addr, old, new))
}

// AddInt32 adds delta to *addr and returns the new value.
func AddInt32(addr *int32, delta int32) (new int32) {
	at(unsafe.Pointer(addr))
	return sched.Loaded("AddInt32", atomic.AddInt32(addr, delta))
}

// AndInt32 keeps the bits of mask in *addr and returns the previous value.
func AndInt32(addr *int32, mask int32) (old int32) {
	at(unsafe.Pointer(addr))
	return sched.Returned("AndInt32", atomic.AndInt32(addr, mask))
}

// OrInt32 sets the bits of mask in *addr and returns the previous value.
func OrInt32(addr *int32, mask int32) (old int32) {
	at(unsafe.Pointer(addr))
	return sched.Returned("OrInt32", atomic.OrInt32(addr, mask))
}

// LoadInt64 loads *addr.
func LoadInt64(addr *int64) (val int64) {
	look(unsafe.Pointer(addr))
	return sched.Loaded("LoadInt64", atomic.LoadInt64(addr))
}

// StoreInt64 stores val into *addr.
func StoreInt64(addr *int64, val int64) {
	at(unsafe.Pointer(addr))
	atomic.StoreInt64(addr, val)
	sched.Holds(val)
}

// SwapInt64 stores new into *addr and returns the previous value.
func SwapInt64(addr *int64, new int64) (old int64) {
	at(unsafe.Pointer(addr))
	return swapped("SwapInt64", new, atomic.SwapInt64(addr, new))
}

// CompareAndSwapInt64 stores new into *addr if that is old.
func CompareAndSwapInt64(addr *int64, old, new int64) (swapped bool) {
	at(unsafe.Pointer(addr))
	return compared("CompareAndSwapInt64", new, atomic.CompareAndSwapInt64(addr, old, new))
}

// AddInt64 adds delta to *addr and returns the new value.
func AddInt64(addr *int64, delta int64) (new int64) {
	at(unsafe.Pointer(addr))
	return sched.Loaded("AddInt64", atomic.AddInt64(addr, delta))
}

// AndInt64 keeps the bits of mask in *addr and returns the previous value.
func AndInt64(addr *int64, mask int64) (old int64) {
	at(unsafe.Pointer(addr))
	return sched.Returned("AndInt64", atomic.AndInt64(addr, mask))
}

// OrInt64 sets the bits of mask in *addr and returns the previous value.
func OrInt64(addr *int64, mask int64) (old int64) {
	at(unsafe.Pointer(addr))
	return sched.Returned("OrInt64", atomic.OrInt64(addr, mask))
}

// LoadUint32 loads *addr.
func LoadUint32(addr *uint32) (val uint32) {
	look(unsafe.Pointer(addr))
	return sched.Loaded("LoadUint32", atomic.LoadUint32(addr))
}

// StoreUint32 stores val into *addr.
func StoreUint32(addr *uint32, val uint32) {
	at(unsafe.Pointer(addr))
	atomic.StoreUint32(addr, val)
	sched.Holds(val)
}

// SwapUint32 stores new into *addr and returns the previous value.
func SwapUint32(addr *uint32, new uint32) (old uint32) {
	at(unsafe.Pointer(addr))
	return swapped("SwapUint32", new, atomic.SwapUint32(addr, new))
}

// CompareAndSwapUint32 stores new into *addr if that is old.
func CompareAndSwapUint32(addr *uint32, old, new uint32) (swapped bool) {
	at(unsafe.Pointer(addr))
	return compared("CompareAndSwapUint32", new, atomic.CompareAndSwapUint32(addr, old, new))
}

// AddUint32 adds delta to *addr and returns the new value.
func AddUint32(addr *uint32, delta uint32) (new uint32) {
	at(unsafe.Pointer(addr))
	return sched.Loaded("AddUint32", atomic.AddUint32(addr, delta))
}

// AndUint32 keeps the bits of mask in *addr and returns the previous value.
func AndUint32(addr *uint32, mask uint32) (old uint32) {
	at(unsafe.Pointer(addr))
	return sched.Returned("AndUint32", atomic.AndUint32(addr, mask))
}

// OrUint32 sets the bits of mask in *addr and returns the previous value.
func OrUint32(addr *uint32, mask uint32) (old uint32) {
	at(unsafe.Pointer(addr))
	return sched.Returned("OrUint32", atomic.OrUint32(addr, mask))
}

// LoadUint64 loads *addr.
func LoadUint64(addr *uint64) (val uint64) {
	look(unsafe.Pointer(addr))
	return sched.Loaded("LoadUint64", atomic.LoadUint64(addr))
}

// StoreUint64 stores val into *addr.
func StoreUint64(addr *uint64, val uint64) {
	at(unsafe.Pointer(addr))
	atomic.StoreUint64(addr, val)
	sched.Holds(val)
}

// SwapUint64 stores new into *addr and returns the previous value.
func SwapUint64(addr *uint64, new uint64) (old uint64) {
	at(unsafe.Pointer(addr))
	return swapped("SwapUint64", new, atomic.SwapUint64(addr, new))
}

// CompareAndSwapUint64 stores new into *addr if that is old.
func CompareAndSwapUint64(addr *uint64, old, new uint64) (swapped bool) {
	at(unsafe.Pointer(addr))
	return compared("CompareAndSwapUint64", new, atomic.CompareAndSwapUint64(addr, old, new))
}

// AddUint64 adds delta to *addr and returns the new value.
func AddUint64(addr *uint64, delta uint64) (new uint64) {
	at(unsafe.Pointer(addr))
	return sched.Loaded("AddUint64", atomic.AddUint64(addr, delta))
}

// AndUint64 keeps the bits of mask in *addr and returns the previous value.
func AndUint64(addr *uint64, mask uint64) (old uint64) {
	at(unsafe.Pointer(addr))
	return sched.Returned("AndUint64", atomic.AndUint64(addr, mask))
}

// OrUint64 sets the bits of mask in *addr and returns the previous value.
func OrUint64(addr *uint64, mask uint64) (old uint64) {
	at(unsafe.Pointer(addr))
	return sched.Returned("OrUint64", atomic.OrUint64(addr, mask))
}

// LoadUintptr loads *addr.
func LoadUintptr(addr *uintptr) (val uintptr) {
	look(unsafe.Pointer(addr))
	return sched.Loaded("LoadUintptr", atomic.LoadUintptr(addr))
}

// StoreUintptr stores val into *addr.
func StoreUintptr(addr *uintptr, val uintptr) {
	at(unsafe.Pointer(addr))
	atomic.StoreUintptr(addr, val)
	sched.Holds(val)
}

// SwapUintptr stores new into *addr and returns the previous value.
func SwapUintptr(addr *uintptr, new uintptr) (old uintptr) {
	at(unsafe.Pointer(addr))
	return swapped("SwapUintptr", new, atomic.SwapUintptr(addr, new))
}

// CompareAndSwapUintptr stores new into *addr if that is old.
func CompareAndSwapUintptr(addr *uintptr, old, new uintptr) (swapped bool) {
	at(unsafe.Pointer(addr))
	return compared("CompareAndSwapUintptr", new, atomic.CompareAndSwapUintptr(addr, old, new))
}

// AddUintptr adds delta to *addr and returns the new value.
func AddUintptr(addr *uintptr, delta uintptr) (new uintptr) {
	at(unsafe.Pointer(addr))
	return sched.Loaded("AddUintptr", atomic.AddUintptr(addr, delta))
}

// AndUintptr keeps the bits of mask in *addr and returns the previous value.
func AndUintptr(addr *uintptr, mask uintptr) (old uintptr) {
	at(unsafe.Pointer(addr))
	return sched.Returned("AndUintptr", atomic.AndUintptr(addr, mask))
}

// OrUintptr sets the bits of mask in *addr and returns the previous value.
func OrUintptr(addr *uintptr, mask uintptr) (old uintptr) {
	at(unsafe.Pointer(addr))
	return sched.Returned("OrUintptr", atomic.OrUintptr(addr, mask))
}

// LoadPointer loads *addr.
func LoadPointer(addr *unsafe.Pointer) (val unsafe.Pointer) {
	look(unsafe.Pointer(addr))
	return sched.Loaded("LoadPointer", atomic.LoadPointer(addr))
}

// StorePointer stores val into *addr.
func StorePointer(addr *unsafe.Pointer, val unsafe.Pointer) {
	at(unsafe.Pointer(addr))
	atomic.StorePointer(addr, val)
	sched.Holds(val)
}

// SwapPointer stores new into *addr and returns the previous value.
func SwapPointer(addr *unsafe.Pointer, new unsafe.Pointer) (old unsafe.Pointer) {
	at(unsafe.Pointer(addr))
	return swapped("SwapPointer", new, atomic.SwapPointer(addr, new))
}

// CompareAndSwapPointer stores new into *addr if that is old.
func CompareAndSwapPointer(addr *unsafe.Pointer, old, new unsafe.Pointer) (swapped bool) {
	at(unsafe.Pointer(addr))
	return compared("CompareAndSwapPointer", new, atomic.CompareAndSwapPointer(addr, old, new))
}
