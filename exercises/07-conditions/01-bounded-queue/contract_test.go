package boundedqueue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
)

// state is what a queue holds, the oldest first. A step makes new slices.
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

// What each method does, were it the only one under way.
var queue = contract.Contract[numberQueue, state]{
	New: func(r *rand.Rand) (numberQueue, state) {
		capacity := 1 + r.IntN(2)
		s := state{capacity: capacity}
		switch r.IntN(16) { // a large queue, with as little room
		case 0, 1:
			s.items = numbers(life.Size(r, 60))
		case 2:
			s.items = numbers(1025 + r.IntN(100))
		}
		s.capacity += len(s.items)
		q := someQueue(r, s.capacity)
		_, _ = q.Put(s.items...) // if it fails, the first calls will show
		return q, s
	},
	Calls: []contract.Draw[numberQueue, state]{putSome, putSome, putSome, putSome, getOne, getOne, getOne, drain, drain, closing, length},
	Last:  []contract.Draw[numberQueue, state]{length, closing, drain, getOne},
	Waits: true,
}

// Put adds its items one by one, and waits before each that there is no room for.
// If the queue is closed, it returns how many have gone in.
func putSome(r *rand.Rand) call {
	items := make([]int, []int{0, 1, 1, 1, 1, 1, 2, 2, 2, 3}[r.IntN(10)])
	for i := range items {
		items[i] = r.IntN(100)
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

// adds is the step in which the nth item goes in.
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

// put1 makes one call of Put. The slice is the caller's: Put does not write to
// it, and afterwards the caller does.
func put1(q numberQueue, items []int) string {
	given := append(make([]int, 0, len(items)+2), items...)
	n, err := q.Put(given...)
	if whole := given[:cap(given)]; !slices.Equal(whole, append(slices.Clone(items), 0, 0)) {
		return fmt.Sprintf("%d, and wrote to the slice that it was given: it has become %d", n, whole)
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

// Get takes the oldest item, and waits if there is none. It says that there is
// nothing more only when the queue is closed and empty.
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

// Drain takes all that is in the queue at one moment. What it returns is the
// caller's, who may write to it, and append.
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
				items = items[:cap(items)]
				for i := range items {
					items[i] = -2
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

// Close lets nothing more in. A second Close does nothing.
func closing(*rand.Rand) call {
	return call{
		Name:  "Close()",
		Do:    func(q numberQueue, _ contract.Moments) any { q.Close(); return nil },
		Steps: []step{func(s state) []outcome { s.closed = true; return []outcome{{After: s}} }},
	}
}

// Len returns how many items are in the queue.
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

// Two goroutines, one call each: every call beside every other.
func TestScheduleTwoCalls(t *testing.T) {
	known(t)
	contract.Check(t, queue, contract.Shape{Before: 2, Goroutines: 2, Calls: 1})
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	known(t)
	contract.Check(t, queue, contract.Shape{Before: 2, Goroutines: 3, Calls: 2})
}

// Three goroutines, and nothing but Put, Get and Drain: items that come and go
// while others wait. The queue is full at the start, so that several do.
func TestScheduleDrainMeetsOthers(t *testing.T) {
	known(t)
	busy := queue
	busy.New = func(r *rand.Rand) (numberQueue, state) {
		q, s := queue.New(r)
		for len(s.items) < s.capacity {
			s.items = append(s.items, r.IntN(100))
			_, _ = q.Put(s.items[len(s.items)-1])
		}
		return q, s
	}
	busy.Calls = []contract.Draw[numberQueue, state]{putOne, putOne, putOne, getOne, getOne, drain, drain}
	contract.Check(t, busy, contract.Shape{Goroutines: 3, Calls: 2})
}

func putOne(r *rand.Rand) call { return putting([]int{r.IntN(100)}) }
