package oracle

import (
	"runtime"
	"strings"
)

// Goroutine returns the number of the calling goroutine and of the one that created it,
// as they are in a stack trace. No number is used twice.
func Goroutine() (mine, creator string) {
	dump := make([]byte, 1<<16)
	stack := string(dump[:runtime.Stack(dump, false)])
	_, created, _ := strings.Cut(stack, "\ncreated by ")
	_, creator, _ = strings.Cut(created, " in goroutine ")
	creator, _, _ = strings.Cut(creator, "\n")
	return strings.TrimPrefix(goroutineOf(stack), "goroutine "), creator
}
