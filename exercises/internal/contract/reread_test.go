package contract_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/internal/contract"
)

// journal notes the calls that a program makes of it.
type journal struct {
	mu    sync.Mutex
	calls []string
}

func (j *journal) note(call string) any {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.calls = append(j.calls, call)
	return nil
}

// noting is a contract of things whose calls are noted: a change, and two ways to read it. Their
// results are not those of the model, and not looked at: all return nil.
func noting(made func(*journal)) contract.Contract[*journal, int] {
	call := func(name string, step contract.Step[int]) contract.Draw[*journal, int] {
		return func(*rand.Rand) contract.Call[*journal, int] {
			return contract.Call[*journal, int]{Name: name, Steps: []contract.Step[int]{step}, Do: func(j *journal, _ contract.Moments) any { return j.note(name) }}
		}
	}
	read := func(n int) []contract.Outcome[int] { return []contract.Outcome[int]{{Out: n, After: n}} }
	return contract.Contract[*journal, int]{
		New: func(*rand.Rand) (*journal, int) { j := &journal{}; made(j); return j, 0 },
		Calls: []contract.Draw[*journal, int]{
			call("Change()", func(n int) []contract.Outcome[int] { return []contract.Outcome[int]{{After: n + 1}} }),
			call("One()", read), call("Other()", read),
		},
	}
}

// In a good part of the programs, two readings are made before and again beside a change: code
// that keeps them has to forget them in time.
func TestReadingsAreMadeBefore(t *testing.T) {
	var all []*journal
	c := noting(func(j *journal) { all = append(all, j) })
	for range 1000 {
		contract.Check(&told{TB: t}, c, contract.Shape{Goroutines: 2, Calls: 2})
	}
	found := 0
	for _, j := range all {
		if len(j.calls) == 5 && j.calls[0] != j.calls[1] {
			first, rest := j.calls[:2], slices.Sorted(slices.Values(j.calls[2:]))
			if !slices.Contains(first, "Change()") && strings.Join(rest, " ") == "Change() One() Other()" {
				found++
			}
		}
	}
	assert.Greater(t, found, 60, "of 1000 programs")
}

// If it is asked for, each goroutine reads, and then makes a change of its own.
func TestEachGoroutineReadsAndChanges(t *testing.T) {
	var all []*journal
	c := noting(func(j *journal) { all = append(all, j) })
	change := c.Calls[0]
	for i := range 6 {
		c.Calls = append(c.Calls, func(r *rand.Rand) contract.Call[*journal, int] {
			call, name := change(r), "Change"+string(rune('0'+i))
			call.Name, call.Do = name, func(j *journal, _ contract.Moments) any { return j.note(name) }
			return call
		})
	}
	for range 1000 {
		contract.Check(&told{TB: t}, c, contract.Shape{Goroutines: 3, Calls: 2, Agree: true})
	}
	agree, most := 0, 0
	for _, j := range all {
		changes := slices.DeleteFunc(slices.Clone(j.calls), func(name string) bool { return !strings.HasPrefix(name, "Change") })
		slices.Sort(changes)
		if 2*len(changes) == len(j.calls) && len(slices.Compact(changes)) == len(j.calls)/2 && len(changes) > 2 {
			agree, most = agree+1, max(most, len(changes))
		}
	}
	assert.Greater(t, agree, 900, "of 1000 programs")
	assert.Equal(t, 5, most)
}
