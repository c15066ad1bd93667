// finds: wrong

// Package abastack is a lock-free stack of free slots; the broken one compares only the index, which can come back.
package abastack

import (
	"sync"
	"sync/atomic"
	"testing"
)

const slots = 3

// stack keeps slot+1 in the low half of head and a version in the high half; 0 means empty.
type stack struct {
	head   atomic.Uint64
	next   [slots + 1]atomic.Uint32
	step   uint64
	owners [slots + 1]atomic.Int32
}

// newStack makes the stack 1, 2, 3; step is what each change adds to the version.
func newStack(step uint64) *stack {
	s := &stack{step: step << 32}
	for i := uint32(1); i < slots; i++ {
		s.next[i].Store(i + 1)
	}
	s.head.Store(1)
	return s
}

func (s *stack) pop() uint32 {
	for {
		old := s.head.Load()
		top := uint32(old)
		if top == 0 {
			return 0
		}
		below := s.next[top].Load()
		if s.head.CompareAndSwap(old, (old+s.step)&^0xffffffff|uint64(below)) {
			return top
		}
	}
}

func (s *stack) push(i uint32) {
	for {
		old := s.head.Load()
		s.next[i].Store(uint32(old))
		if s.head.CompareAndSwap(old, (old+s.step)&^0xffffffff|uint64(i)) {
			return
		}
	}
}

// take pops a slot and checks that nobody else owns it.
func (s *stack) take(t *testing.T) uint32 {
	i := s.pop()
	if i != 0 && s.owners[i].Add(1) != 1 {
		t.Errorf("slot %d has two owners", i)
	}
	return i
}

func run(t *testing.T, step uint64) {
	s := newStack(step)
	var wg sync.WaitGroup
	wg.Go(func() {
		s.take(t)
		s.take(t)
	})
	wg.Go(func() {
		first := s.take(t)
		s.take(t)
		if first != 0 {
			s.owners[first].Add(-1)
			s.push(first)
		}
	})
	wg.Wait()
}

func TestBug(t *testing.T)   { run(t, 0) }
func TestFixed(t *testing.T) { run(t, 1) }
