package leaves

import (
	"sync"
	"testing"
	"time"
)

// A lot of work, and a watchdog for the case that it does not end.
func TestWork(t *testing.T) {
	done := make(chan bool)
	defer close(done)
	go func() {
		select {
		case <-done:
		case <-time.After(time.Minute):
			panic("it takes too long")
		}
	}()
	var mu sync.Mutex
	n := 0
	for range 15_000 {
		mu.Lock()
		n++
		mu.Unlock()
	}
}
