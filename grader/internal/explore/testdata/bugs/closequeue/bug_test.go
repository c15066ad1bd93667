// finds: deadlock

// Package closequeue is a queue that can be closed; the broken close does not wake the consumers that wait.
package closequeue

import (
	"sync"
	"testing"
)

type queue[T any] struct {
	sync.Mutex
	changed *sync.Cond
	items   []T
	closed  bool
}

func newQueue[T any]() *queue[T] {
	q := new(queue[T])
	q.changed = sync.NewCond(q)
	return q
}

func (q *queue[T]) put(v T) {
	q.Lock()
	q.items = append(q.items, v)
	q.Unlock()
	q.changed.Signal()
}

func (q *queue[T]) take() (v T, ok bool) {
	q.Lock()
	defer q.Unlock()
	for len(q.items) == 0 {
		if q.closed {
			return v, false
		}
		q.changed.Wait()
	}
	v, q.items = q.items[0], q.items[1:]
	return v, true
}

// closeLoose sets the flag and forgets those who wait for a change.
func (q *queue[T]) closeLoose() {
	q.Lock()
	defer q.Unlock()
	q.closed = true
}

func (q *queue[T]) close() {
	q.closeLoose()
	q.changed.Broadcast()
}

func run(t *testing.T, end func(*queue[string])) {
	q := newQueue[string]()
	var wg sync.WaitGroup
	var counts [2]int
	for i := range counts {
		wg.Go(func() {
			for {
				if _, ok := q.take(); !ok {
					return
				}
				counts[i]++
			}
		})
	}
	q.put("job")
	end(q)
	wg.Wait()
	if n := counts[0] + counts[1]; n != 1 {
		t.Errorf("jobs taken: got %d, want 1", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*queue[string]).closeLoose) }
func TestFixed(t *testing.T) { run(t, (*queue[string]).close) }
