package check

import (
	"sync"
	"time"

	"heisenkata/grader/internal/run"
)

// exitSleepTime is for how long a process with the race detector sleeps at its exit. Tests
// of right fixes never sleep as long at once.
const exitSleepTime = time.Second

// What may sleep at its exit at once, for each processor. A right fix's process holds
// some 40 MB then, so that the number is what bounds those.
const (
	maxExitSleeps   = 8
	exitSleepMemory = 512 << 20
	// exitSleepGrowth is how much more memory one may take while it sleeps, in bytes. It has
	// nothing left to do.
	exitSleepGrowth = 16 << 20
)

// exitSleeps bounds the processes that sleep at their exit, and so hold no processor: how
// many they are, and how much memory they hold together.
type exitSleeps struct {
	most      int
	maxMemory int64

	mu     sync.Mutex
	count  int
	memory int64
}

// enter takes in one that may hold so much memory, if there is room.
func (n *exitSleeps) enter(memory int64) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.count >= n.most || n.memory+memory > n.maxMemory {
		return false
	}
	n.count++
	n.memory += memory
	return true
}

func (n *exitSleeps) leave(memory int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.count--
	n.memory -= memory
}

// exitSleep is one process, which holds a processor until it sleeps.
type exitSleep struct {
	exitSleeps *exitSleeps
	slots      chan struct{}

	mu     sync.Mutex
	asleep bool
	memory int64 // that it may hold while it sleeps
	over   bool
}

// begin gives the processor back, unless there is no room to sleep in: then the process
// keeps it.
func (n *exitSleep) begin(p *run.Running) {
	n.mu.Lock()
	defer n.mu.Unlock()
	memory := p.Memory() + exitSleepGrowth
	if n.over || n.asleep || !n.exitSleeps.enter(memory) {
		return
	}
	n.asleep, n.memory = true, memory
	p.Bound(min(memory, maxMemory))
	<-n.slots
}

// end gives back what the process holds.
func (n *exitSleep) end() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.over = true
	if n.asleep {
		n.exitSleeps.leave(n.memory)
		return
	}
	<-n.slots
}
