// finds: wrong

// Package donetooearly exports rows in the background; the broken one announces the end before it has stored the size.
package donetooearly

import (
	"sync/atomic"
	"testing"
)

type export struct {
	done chan struct{}
	size atomic.Int64
}

// runLoose defers in the wrong order: the last deferred call runs first.
func (e *export) runLoose(rows []string) {
	n := 0
	defer func() { e.size.Store(int64(n)) }()
	defer close(e.done)
	for _, r := range rows {
		n += len(r)
	}
}

// run stores first and then announces.
func (e *export) run(rows []string) {
	n := 0
	defer close(e.done)
	defer func() { e.size.Store(int64(n)) }()
	for _, r := range rows {
		n += len(r)
	}
}

func run(t *testing.T, export func(*export, []string), e *export) {
	go export(e, []string{"one", "two"})
	<-e.done
	if n := e.size.Load(); n != 6 {
		t.Errorf("size: got %d, want 6", n)
	}
}

func newExport() *export { return &export{done: make(chan struct{})} }

func TestBug(t *testing.T)   { run(t, (*export).runLoose, newExport()) }
func TestFixed(t *testing.T) { run(t, (*export).run, newExport()) }
