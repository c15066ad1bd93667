//go:build amd64 || arm64

package sched

// getg identifies the calling goroutine. A later goroutine may get the same
// value once this one has ended.
func getg() uintptr
