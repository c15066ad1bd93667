package check

import (
	"context"
	"sync"

	"heisenkata/grader/internal/kata"
)

// hope tells whether any test can still earn points. A guard can take points away
// and earns none: where there is nothing to take, it need not be looked at by every
// detector, and for many starters nothing has to be compiled without the race
// detector at all.
type hope struct {
	mu      sync.Mutex
	open    int // tests with points of which the race detector has not told yet
	any     bool
	settled chan struct{} // closed
}

// newHope hopes for those tests that have points. Without any there is nothing that
// could be settled, and all are looked at.
func newHope(tests []kata.Test) *hope {
	h := &hope{settled: make(chan struct{})}
	for _, t := range tests {
		if t.Points > 0 {
			h.open++
		}
	}
	if h.open == 0 {
		h.any = true
		close(h.settled)
	}
	return h
}

// tell is told once of each test with points, whether it may still earn them.
func (h *hope) tell(may bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	if !h.any && (may || h.open == 0) {
		h.any = may
		close(h.settled)
	}
}

// left waits until it is settled, and tells whether there is any.
func (h *hope) left(ctx context.Context) (bool, error) {
	select {
	case <-h.settled:
		return h.any, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
