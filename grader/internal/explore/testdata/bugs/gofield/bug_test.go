// finds: race or panic
// tells: panic: runtime error: invalid memory address

// Package gofield calls a hook in the background and removes it; the broken one reads the hook when it is too late.
package gofield

import "testing"

type task struct {
	id     int
	onDone func(id int)
}

// finishLoose reads the field in the new goroutine.
func (k *task) finishLoose() {
	go func() { k.onDone(k.id) }()
}

// finish reads the field and its argument in the go statement.
func (k *task) finish() {
	go k.onDone(k.id)
}

func run(t *testing.T, finish func(*task)) {
	done := make(chan int)
	k := &task{id: 7, onDone: func(id int) { done <- id }}
	finish(k)
	k.onDone = nil
	k.id = 0
	if id := <-done; id != 7 {
		t.Errorf("done: got task %d, want 7", id)
	}
}

func TestBug(t *testing.T)   { run(t, (*task).finishLoose) }
func TestFixed(t *testing.T) { run(t, (*task).finish) }
