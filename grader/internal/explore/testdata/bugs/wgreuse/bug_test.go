// finds: race or deadlock or panic

// Package wgreuse works in two rounds with an observer of the first; the broken one uses one WaitGroup for both rounds.
package wgreuse

import (
	"sync"
	"testing"
)

// rounds runs two rounds; the second needs the observer's word that the first is over.
func rounds(first, second *sync.WaitGroup) (log []string) {
	seen := make(chan string, 1)
	first.Add(1)
	go first.Done()
	go func() {
		first.Wait()
		seen <- "first round over"
	}()
	first.Wait()

	var entry string
	second.Add(1)
	go func() {
		defer second.Done()
		entry = <-seen
	}()
	second.Wait()
	return append(log, entry, "second round over")
}

func run(t *testing.T, first, second *sync.WaitGroup) {
	if log := rounds(first, second); len(log) != 2 || log[0] != "first round over" {
		t.Errorf("log: got %q", log)
	}
}

func TestBug(t *testing.T) {
	var wg sync.WaitGroup
	run(t, &wg, &wg)
}

func TestFixed(t *testing.T) {
	run(t, new(sync.WaitGroup), new(sync.WaitGroup))
}
