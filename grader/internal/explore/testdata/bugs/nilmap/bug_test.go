// finds: panic

// Package nilmap counts words and resets; the broken count makes the map and writes to it in two critical sections.
package nilmap

import (
	"sync"
	"testing"
)

type words struct {
	mu     sync.Mutex
	counts map[string]int
}

func (w *words) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts = nil
}

// ensure makes the map if it is missing.
func (w *words) ensure() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.counts == nil {
		w.counts = make(map[string]int)
	}
}

// addLoose writes to a nil map when a reset falls in between.
func (w *words) addLoose(s string) {
	w.ensure()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[s]++
}

// add makes the map and writes to it under one lock.
func (w *words) add(s string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.counts == nil {
		w.counts = make(map[string]int)
	}
	w.counts[s]++
}

func run(t *testing.T, add func(*words, string)) {
	w := new(words)
	done := make(chan struct{})
	go func() {
		defer func() { done <- struct{}{} }()
		add(w, "go")
	}()
	w.reset()
	<-done
	if n := w.counts["go"]; n > 1 {
		t.Errorf("count: got %d, want 0 or 1", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*words).addLoose) }
func TestFixed(t *testing.T) { run(t, (*words).add) }
