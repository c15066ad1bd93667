package sees

import "runtime"

// heap is a gauge on a page about the server's health.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
