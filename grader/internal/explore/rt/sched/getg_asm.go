//go:build amd64 || arm64

package sched

// getg identifies the calling goroutine. A later goroutine may get the same
// value once this one has ended.
func getg() uintptr

// callers is where the caller's caller goes on, and the two calls around it; 0 where
// there is none.
func callers() (a, b, c uintptr)
