// finds: panic

// Package unlocktwice reserves rooms; the broken one unlocks early when the room is taken, and once more at the end.
package unlocktwice

import (
	"sync"
	"testing"
)

type hotel struct {
	mu    sync.Mutex
	taken map[int]string
	full  int
}

// reserveLoose unlocks an unlocked mutex on the way out of a refusal: a fatal error, which no recover stops.
func (h *hotel) reserveLoose(room int, who string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.taken[room] != "" {
		h.full++
		h.mu.Unlock()
		return false
	}
	h.taken[room] = who
	return true
}

// reserve leaves the unlocking to the deferred call.
func (h *hotel) reserve(room int, who string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.taken[room] != "" {
		h.full++
		return false
	}
	h.taken[room] = who
	return true
}

func run(t *testing.T, reserve func(*hotel, int, string) bool) {
	h := &hotel{taken: map[int]string{}}
	var wg sync.WaitGroup
	for room, who := range []string{"ann", "bob", "cyd"} {
		wg.Go(func() { reserve(h, room%2, who) })
	}
	wg.Wait()
	if len(h.taken) != 2 || h.full != 1 {
		t.Errorf("rooms %v, refused %d", h.taken, h.full)
	}
}

func TestBug(t *testing.T)   { run(t, (*hotel).reserveLoose) }
func TestFixed(t *testing.T) { run(t, (*hotel).reserve) }
