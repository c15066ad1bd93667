// finds: panic

// Package condif is a queue with two consumers; the broken one waits with if, so it takes from an empty queue.
package condif

import (
	"sync"
	"testing"
)

type queue struct {
	mu    sync.Mutex
	added *sync.Cond
	items []int
}

func newQueue() *queue {
	q := new(queue)
	q.added = sync.NewCond(&q.mu)
	return q
}

func (q *queue) put(v int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items = append(q.items, v)
	q.added.Broadcast()
}

// takeLoose trusts the wake-up: another consumer may have been quicker.
func (q *queue) takeLoose() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.items) == 0 {
		q.added.Wait()
	}
	v := q.items[0]
	q.items = q.items[1:]
	return v
}

// take looks again after each wake-up.
func (q *queue) take() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.added.Wait()
	}
	v := q.items[0]
	q.items = q.items[1:]
	return v
}

func run(t *testing.T, take func(*queue) int) {
	q := newQueue()
	var got [2]int
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = take(q) })
	}
	q.put(3)
	q.put(4)
	wg.Wait()
	if got[0]+got[1] != 7 {
		t.Errorf("taken: got %v, want 3 and 4", got)
	}
}

func TestBug(t *testing.T)   { run(t, (*queue).takeLoose) }
func TestFixed(t *testing.T) { run(t, (*queue).take) }
