// finds: leak

// Package afterend has goroutines that have not ended when their test returns; only the broken ones never can.
package afterend

import (
	"sync"
	"testing"
	"time"
)

// watch gives up after five minutes, or when it is told to quit.
func watch(quit <-chan struct{}) {
	select {
	case <-time.After(5 * time.Minute):
	case <-quit:
	}
}

func run(told bool) {
	_ = time.After(2 * time.Minute)
	room, quit := make(chan int, 1), make(chan struct{})
	if !told {
		room <- 0
	}
	go func() { room <- 1 }()
	go watch(quit)
	var mu sync.Mutex
	go func() {
		mu.Lock()
		defer mu.Unlock()
		if told {
			close(quit)
		}
	}()
	go func() {
		mu.Lock()
		mu.Unlock() //nolint:staticcheck // it waits for the other
	}()
}

func TestBug(*testing.T)   { run(false) }
func TestFixed(*testing.T) { run(true) }
