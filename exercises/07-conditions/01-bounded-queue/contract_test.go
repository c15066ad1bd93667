package boundedqueue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// state is the items in a queue, oldest first. Steps do not modify slices, but make new ones.
type state struct {
	items    []int
	capacity int
	closed   bool
}

type (
	call    = contract.Call[numberQueue, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
)

// What each method does when no other call is running.
var queue = contract.Contract[numberQueue, state]{
	New: func(r *rand.Rand) (numberQueue, state) {
		capacity := 1 + r.IntN(2)
		s := state{capacity: capacity}
		switch r.IntN(16) { // sometimes a large queue, with equally little room left
		case 0, 1:
			s.items = numbers(life.Size(r, 60))
		case 2:
			s.items = numbers(1025 + r.IntN(100))
		default:
			s.items = numbers(life.Crowd(r, 300))
		}
		s.capacity += len(s.items)
		q := someQueue(r, s.capacity)
		_, _ = q.Put(s.items...) // if it fails, the first calls show it
		return q, s
	},
	Calls: []contract.Draw[numberQueue, state]{putSome, putSome, putSome, putSome, getOne, getOne, getOne, drain, drain, closing, length},
	Last:  []contract.Draw[numberQueue, state]{length, closing, drain, getOne},
	Waits: true,
}

// Put adds its items one by one, and before each one waits until there is room. If the
// queue is closed, it returns how many it has added.
func putSome(r *rand.Rand) call {
	items := make([]int, []int{0, 1, 1, 1, 1, 1, 2, 2, 2, 3}[r.IntN(10)])
	for i := range items {
		items[i] = someItem(r)
	}
	return putting(items)
}

func putting(items []int) call {
	c := call{
		Name:   fmt.Sprintf("Put(%s)", commas(items)),
		Do:     func(q numberQueue, _ contract.Moments) any { return put1(q, items) },
		Silent: true,
	}
	for n := range items {
		c.Steps = append(c.Steps, adds(items, n))
	}
	if len(items) == 0 {
		c.Steps = []step{func(s state) []outcome { return []outcome{{Out: "0", After: s}} }}
	}
	return c
}

// adds is the step that adds the nth item.
func adds(items []int, n int) step {
	return func(s state) []outcome {
		switch {
		case s.closed:
			return []outcome{{Out: fmt.Sprintf("%d, closed", n), After: s, Ends: true}}
		case len(s.items) == s.capacity:
			return nil
		}
		s.items = append(slices.Clip(s.items), items[n])
		return []outcome{{Out: fmt.Sprint(n + 1), After: s}}
	}
}

// put1 makes one call of Put. The slice belongs to the caller: Put must not write to
// it, and the caller does so afterwards.
func put1(q numberQueue, items []int) string {
	given := append(make([]int, 0, len(items)+2), items...)
	n, err := q.Put(given...)
	if whole := given[:cap(given)]; !slices.Equal(whole, append(slices.Clone(items), 0, 0)) {
		return fmt.Sprintf("%d, but wrote to its caller's slice, which is now %d", n, whole)
	}
	for i := range given {
		given[i] = -1
	}
	switch err {
	case nil:
		return fmt.Sprint(n)
	case boundedqueue.ErrClosed:
		return fmt.Sprintf("%d, closed", n)
	}
	return fmt.Sprintf("%d, %v", n, err)
}

// Get takes the oldest item, and waits if there is none. It returns false only if the
// queue is closed and empty.
func getOne(*rand.Rand) call {
	return call{
		Name: "Get()",
		Do: func(q numberQueue, _ contract.Moments) any {
			if item, ok := q.Get(); ok {
				return item
			}
			return "closed"
		},
		Steps: []step{func(s state) []outcome {
			switch {
			case len(s.items) > 0:
				item := s.items[0]
				s.items = s.items[1:]
				return []outcome{{Out: item, After: s}}
			case s.closed:
				return []outcome{{Out: "closed", After: s}}
			}
			return nil
		}},
	}
}

// Drain takes all items in one step. The slice it returns belongs to the caller, which
// may write to it and append to it.
func drain(r *rand.Rand) call {
	overwrite := r.IntN(2) == 0
	return call{
		Name: "Drain()",
		Do: func(q numberQueue, _ contract.Moments) any {
			items := q.Drain()
			switch {
			case len(items) == 0:
				return []int{}
			case overwrite:
				returned := slices.Clone(items)
				drained := items[:cap(items)]
				for i := range drained {
					drained[i] = -2 // the caller writes to what Drain returned, and appends to it
				}
				return returned
			}
			return items
		},
		Steps: []step{func(s state) []outcome {
			items := append([]int{}, s.items...)
			s.items = nil
			return []outcome{{Out: items, After: s}}
		}},
	}
}

// Close closes the queue to new items. A second Close has no effect.
func closing(*rand.Rand) call {
	return call{
		Name:  "Close()",
		Do:    func(q numberQueue, _ contract.Moments) any { q.Close(); return nil },
		Steps: []step{func(s state) []outcome { s.closed = true; return []outcome{{After: s}} }},
	}
}

// Len returns the number of items in the queue.
func length(*rand.Rand) call {
	return call{
		Name:  "Len()",
		Do:    func(q numberQueue, _ contract.Moments) any { return q.Len() },
		Steps: []step{func(s state) []outcome { return []outcome{{Out: len(s.items), After: s}} }},
	}
}

func commas(items []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(items), " ", ", "), "[]")
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	known(t)
	contract.Check(t, queue, contract.Shape{Before: 2, Goroutines: 2, Calls: 1})
}

// Two goroutines close the queue, and one of them puts an item once its call has returned.
func TestScheduleTwoCloses(t *testing.T) {
	q := boundedqueue.New[int](1 + rand.IntN(3))
	var group sync.WaitGroup
	group.Go(q.Close)
	q.Close()
	n, err := q.Put(1)
	oracle.AssertWraps(t, err, boundedqueue.ErrClosed, "Close has returned, while another call of it may be under way. Then an item was put")
	assert.Zero(t, n, "items that went in after Close had returned")
	group.Wait()
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	known(t)
	contract.Check(t, queue, contract.Shape{Before: 2, Goroutines: 3, Calls: 2})
}

// Three goroutines that only call Put, Get and Drain: items come and go while others
// wait. The queue starts full, so that several calls wait.
func TestScheduleDrainMeetsOthers(t *testing.T) {
	known(t)
	busy := queue
	busy.New = func(r *rand.Rand) (numberQueue, state) {
		s := state{capacity: 1 + r.IntN(2)}
		s.items = numbers(s.capacity)
		q := someQueue(r, s.capacity)
		_, _ = q.Put(s.items...)
		return q, s
	}
	busy.Calls = []contract.Draw[numberQueue, state]{putOne, putOne, putOne, getOne, getOne, drain, drain}
	contract.Check(t, busy, contract.Shape{Goroutines: 3, Calls: 2})
}

func putOne(r *rand.Rand) call { return putting([]int{someItem(r)}) }

// Two queues have nothing to do with each other.
func TestTwoQueues(t *testing.T) {
	contract.Apart(t, queue)
}

// someItem is often one of those that other items are as well.
func someItem(r *rand.Rand) int {
	if r.IntN(5) == 0 {
		return []int{0, -1, -1 << 40, 1 << 40}[r.IntN(4)]
	}
	return r.IntN(100)
}
