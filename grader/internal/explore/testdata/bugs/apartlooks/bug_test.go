// finds: wrong

// Package apartlooks asks a queue whether it is empty and how long it is; the broken one looks twice, and its answers disagree.
package apartlooks

import "testing"

func broken(queue chan int) (empty bool, n int) { return len(queue) == 0, len(queue) }

func fixed(queue chan int) (empty bool, n int) {
	n = len(queue)
	return n == 0, n
}

func run(t *testing.T, look func(chan int) (empty bool, n int)) {
	queue, done := make(chan int, 1), make(chan bool)
	go func() {
		queue <- 1
		done <- true
	}()
	if empty, n := look(queue); empty != (n == 0) {
		t.Errorf("empty: %t, length: %d", empty, n)
	}
	<-done
}

func TestBug(t *testing.T)   { run(t, broken) }
func TestFixed(t *testing.T) { run(t, fixed) }
