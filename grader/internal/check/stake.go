package check

import (
	"context"
	"sync"

	"heisenkata/grader/internal/kata"
)

// stake tracks whether any test can still earn points. A guard can only
// take points away: if there are none, it is not looked at, and for many
// starters nothing has to be compiled without the race detector at all.
type stake struct {
	mu      sync.Mutex
	open    int // tests with points that the race detector has not finished
	any     bool
	settled chan struct{} // closed once it is settled
}

// newStake tracks the tests that have points. If there are none, nothing can be
// settled, and all tests are checked.
func newStake(tests []kata.Test) *stake {
	h := &stake{settled: make(chan struct{})}
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

// tell is called once for each test with points, with whether it may still earn them.
func (h *stake) tell(may bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open--
	if !h.any && (may || h.open == 0) {
		h.any = may
		close(h.settled)
	}
}

// left waits until it is settled, and reports whether any points can be earned.
func (h *stake) left(ctx context.Context) (bool, error) {
	select {
	case <-h.settled:
		return h.any, nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
