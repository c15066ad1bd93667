// finds: race

// Package goargs reports the state after each step; the broken one passes a pointer to the state that goes on changing.
package goargs

import (
	"sync"
	"testing"
)

type state struct {
	step int
	name string
}

type reporter struct {
	mu    sync.Mutex
	wg    sync.WaitGroup
	steps map[int]string
}

func (r *reporter) report(s state) {
	defer r.wg.Done()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.steps[s.step] = s.name
}

func (r *reporter) reportPointer(s *state) { r.report(*s) }

func (r *reporter) begin() *reporter {
	r.wg.Add(1)
	return r
}

// stepsLoose lets the goroutine read the state whenever it comes to it.
func stepsLoose(r *reporter, names ...string) {
	var s state
	for i, name := range names {
		s.step, s.name = i, name
		go r.begin().reportPointer(&s)
	}
}

// steps lets the go statement copy the state; it evaluates receiver and arguments at once.
func steps(r *reporter, names ...string) {
	var s state
	for i, name := range names {
		s.step, s.name = i, name
		go r.begin().report(s)
	}
}

func run(t *testing.T, steps func(*reporter, ...string)) {
	r := &reporter{steps: map[int]string{}}
	steps(r, "fetch", "store")
	r.wg.Wait()
	if len(r.steps) != 2 || r.steps[0] != "fetch" || r.steps[1] != "store" {
		t.Errorf("steps: got %v", r.steps)
	}
}

func TestBug(t *testing.T)   { run(t, stepsLoose) }
func TestFixed(t *testing.T) { run(t, steps) }
