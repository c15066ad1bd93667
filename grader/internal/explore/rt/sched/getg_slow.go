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
