package check

import (
	"fmt"
	"path"
	"sync"
	"time"

	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// What all processes of one fix may use together in a grading. The most expensive
// right fix uses 10 seconds of processor time, and 45 of wall time on a machine with
// two busy processors; these limits allow for a machine that is 20 times slower. Wall
// time limits processes that sleep. It counts for each process while that runs, but
// not while it waits for its turn.
const (
	budgetCPU  = 200 * time.Second
	budgetWall = 15 * time.Minute
)

// thoroughShare is how many times more schedules and processes a thorough grading runs.
const thoroughShare = 20

// budget is what the processes of one fix may use, and have used. Once it is spent,
// tests that have not run are out of time.
type budget struct {
	maxCPU, mostWall time.Duration

	mu        sync.Mutex
	cpu, wall time.Duration
}

func newBudget(e Effort, suite bool) *budget {
	share := time.Duration(e.times(1, 1, thoroughShare))
	if suite {
		share *= suiteShare
	}
	return &budget{maxCPU: share * budgetCPU, mostWall: share * budgetWall}
}

// renew makes the whole budget available again.
func (b *budget) renew() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cpu, b.wall = 0, 0
}

// charge adds what a process has used.
func (b *budget) charge(cpu, wall time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cpu += cpu
	b.wall += wall
}

// over says what is spent, or returns "".
func (b *budget) over() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.cpu > b.maxCPU:
		return fmt.Sprintf("%s of processor time", b.maxCPU)
	case b.wall > b.mostWall:
		return b.mostWall.String()
	}
	return ""
}

// outOfBudget is the finding for a test that has no time left, or nil.
func (b *Bench) outOfBudget(t kata.Test) *evidence.Finding {
	spent := b.budget.over()
	if spent == "" {
		return nil
	}
	return &evidence.Finding{
		Verdict: evidence.Timeout, Summary: "the tests of this fix have taken more than " + spent + " together, and this one is not run any more",
		Meaning: "The tests of a right fix take a few seconds in all. Something in this one waits or computes for far too long.",
		Places:  []evidence.Place{{File: path.Join(b.exercise.Dir, b.exercise.Files[0]), Role: "here"}},
		Replay:  diagnose.Replay(b.source, diagnose.Ending{Test: t.Name}, evidence.Timeout),
	}
}
