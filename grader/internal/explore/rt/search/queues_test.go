package search

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// played is the order in which a schedule's events run: each goroutine has so many, one after
// the other, at the objects that it is given.
func played(s Strategy, profile *profile, number int, goroutines [][]uintptr) string {
	var order strings.Builder
	at := make([]int, len(goroutines))
	if profile != nil {
		profile.begin()
	}
	s.Begin(number)
	for {
		var v View
		for g, objects := range goroutines {
			if n := at[g]; n < len(objects) {
				v.Events = append(v.Events, Event{G: int32(g), Name: uint64(g) + 1, Seq: int32(n), Key: uint64(100*g + n), Obj: objects[n], Kind: Write})
			}
		}
		if len(v.Events) == 0 {
			return order.String()
		}
		k := s.Pick(v)
		e := v.Events[k]
		if profile != nil {
			profile.ran(e)
		}
		s.Ran(v, k)
		at[e.G]++
		fmt.Fprintf(&order, "%c", 'a'+e.G)
	}
}

// Each order in which goroutines come to one object is drawn about as often as any other, also
// if one of them comes twice.
func TestQueuesDrawOrdersEvenly(t *testing.T) {
	const schedules = 12_000
	goroutines := [][]uintptr{{7, 7}, {7}, {7}}
	p := newProfile()
	played(&random{draw: draw{seed: 1, length: new(int)}}, p, 0, goroutines)
	s := &queues{draw: draw{seed: 1, length: new(int)}, profile: p}
	drawn := map[string]int{}
	for i := range schedules {
		drawn[played(s, nil, i, goroutines)]++
	}
	require.Len(t, drawn, 12)
	for order, n := range drawn {
		assert.InDelta(t, schedules/12, n, 500, order)
	}
}

// A token goes through eight goroutines if each looks only after the one before it has passed the
// token on. One order of 2⁷ does that if they are drawn for each object, and one of 8! if not.
func TestQueuesDrawEachObjectsOrder(t *testing.T) {
	const n = 8
	goroutines := make([][]uintptr, n)
	for g := range goroutines {
		goroutines[g] = []uintptr{uintptr(10 + g), uintptr(11 + g)} // a look at its own cell, and the token for the next one
	}
	p := newProfile()
	played(&random{draw: draw{seed: 1, length: new(int)}}, p, 0, goroutines)
	s := &queues{draw: draw{seed: 1, length: new(int)}, profile: p}
	found := 0
	for i := range 2_000 {
		order := played(s, nil, i, goroutines)
		through := true
		for g := 1; g < n; g++ {
			passed := strings.LastIndexByte(order, byte('a'+g-1))
			through = through && passed < strings.IndexByte(order, byte('a'+g))
		}
		if through {
			found++
		}
	}
	assert.Greater(t, found, 5)
}

// What can run does, even if the order that was drawn cannot be had.
func TestQueuesGoOn(t *testing.T) {
	p := newProfile()
	played(&random{draw: draw{seed: 1, length: new(int)}}, p, 0, [][]uintptr{{7, 8}, {8, 7}, {7, 7}})
	s := &queues{draw: draw{seed: 1, length: new(int)}, profile: p}
	for i := range 1_000 {
		order := played(s, nil, i, [][]uintptr{{7, 8}, {8, 7, 7, 8}, {}})
		assert.Len(t, order, 6)
	}
	assert.True(t, slices.ContainsFunc(p.lines, func(l *line) bool { return l.contended() }))
}
