//go:build !amd64 && !arm64

package sched

import "runtime"

// getg identifies the calling goroutine, by the number in its stack trace.
func getg() (id uintptr) {
	var buf [64]byte
	runtime.Stack(buf[:], false)
	for _, b := range buf[len("goroutine "):] {
		if b < '0' || b > '9' {
			return id
		}
		id = id*10 + uintptr(b-'0')
	}
	return id
}

// callers is where the caller's caller goes on, and the two calls around it; 0 where
// there is none.
func callers() (a, b, c uintptr) {
	var pcs [3]uintptr
	runtime.Callers(3, pcs[:])
	return pcs[0], pcs[1], pcs[2]
}
