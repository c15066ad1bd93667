package sees

import (
	"sync"
	"testing"
	"unsafe"
)

type line struct {
	mu sync.Mutex
	n  uint64
	_  [48]byte
}

// want: pass
func TestSizes(t *testing.T) {
	var l line
	l.mu.Lock()
	l.mu.Unlock()
	if unsafe.Sizeof(l) != 64 || unsafe.Offsetof(l.n) != 8 || (unsafe.Sizeof)(sync.Mutex{})+unsafe.Alignof(l) != 16 {
		t.Error(unsafe.Sizeof(l), unsafe.Offsetof(l.n))
	}
}
