package oracle

import "runtime"

// Kept returns by how many bytes more is in use after f than before it, once the garbage has
// been collected.
func Kept(f func()) int64 {
	before := inUse()
	f()
	return inUse() - before
}

func inUse() int64 {
	looking.Lock()
	defer looking.Unlock()
	runtime.GC()
	runtime.GC() // what a pool holds is free after the second
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
