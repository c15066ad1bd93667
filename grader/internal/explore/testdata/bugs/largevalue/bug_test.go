// finds: race

// Package largevalue reads and writes a value of several words. The race detector reports a race
// on such a package variable once in a process.
package largevalue

import (
	"testing"
	"time"
)

var now = time.Now()

func fake() time.Time { return now }

func TestBroken(t *testing.T) {
	asks := make(chan bool, 1)
	defer close(asks)
	go func() {
		for range asks {
			_ = fake()
		}
	}()
	for range 2 {
		asks <- true
		now = now.Add(time.Hour)
		time.Sleep(10 * time.Millisecond)
	}
}

func TestFixed(t *testing.T) {
	asks := make(chan time.Time, 1)
	defer close(asks)
	go func() {
		for now := range asks {
			_ = now
		}
	}()
	for range 2 {
		asks <- now
		now = now.Add(time.Hour)
		time.Sleep(10 * time.Millisecond)
	}
}
