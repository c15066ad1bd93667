package tickerflusher_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"heisenkata/exercises/05-leaks/02-ticker-flusher"
	"heisenkata/exercises/internal/contract"
)

// An office has a recorder, and the table that it writes to.
type office struct {
	*tickerflusher.Recorder
	*table
	goOn chan struct{} // closed when the first write may go on
}

// A state says which timings were added, how many of them are known to be written,
// and whether the first write has to wait.
type state struct {
	added  []string
	known  int
	closed bool
	stuck  bool
}

type (
	call    = contract.Call[*office, state]
	outcome = contract.Outcome[state]
	step    = contract.Step[state]
	draw    = contract.Draw[*office, state]
)

// every is the interval: in real time, so that these tests are quick natively.
const every = time.Millisecond

// What Add and Close promise, whenever a tick comes and however slow a write is.
func recorder(t testing.TB) contract.Contract[*office, state] {
	return contract.Contract[*office, state]{
		New:   func(r *rand.Rand) (*office, state) { return open(t, r) },
		Calls: []draw{adds, adds, adds, adds, reads, closes, waits, goesOn},
		Last:  []draw{goesOn, closes, adds, reads},
		Waits: true,
	}
}

func open(t testing.TB, r *rand.Rand) (*office, state) {
	o := &office{table: &table{t: t}, goOn: make(chan struct{})}
	now := state{stuck: r.IntN(2) == 0}
	if now.stuck {
		o.before = func(int) { <-o.goOn }
	}
	o.Recorder = tickerflusher.New([]time.Duration{every, every, aLongTime}[r.IntN(3)], o.write)
	return o, now
}

// Add never waits. It adds a timing if the recorder is not closed.
func adds(r *rand.Rand) call {
	one := someTimings(r, 1)[0]
	return call{
		Name: fmt.Sprintf("Add(%s)", text(one)),
		Do:   func(o *office, _ contract.Moments) any { return o.Add(one) },
		Steps: []step{func(now state) []outcome {
			if now.closed {
				return []outcome{{Out: false, After: now}}
			}
			now.added = append(slices.Clip(now.added), text(one))
			return []outcome{{Out: true, After: now}}
		}},
	}
}

func text(one timing) string { return fmt.Sprintf("%q %d", one.Step, one.Took) }

// Close first ends adding. It returns when all that was added is written.
func closes(*rand.Rand) call {
	return call{
		Name: "Close()",
		Do: func(o *office, _ contract.Moments) any {
			o.Close()
			if o.busy() {
				return "and a write is still under way"
			}
			return nil
		},
		Silent: true,
		Steps: []step{
			func(now state) []outcome { now.closed = true; return []outcome{{After: now}} },
			func(now state) []outcome {
				if now.stuck && len(now.added) > 0 {
					return nil
				}
				now.known = len(now.added)
				return []outcome{{After: now}}
			},
		},
	}
}

// What is written at any time is the first of what was added: each timing once and in
// order. It never shrinks.
func reads(*rand.Rand) call {
	return call{
		Name: "what is written",
		Do: func(o *office, _ contract.Moments) any {
			_, all := o.written()
			return texts(all)
		},
		Steps: []step{func(now state) (out []outcome) {
			for n := now.known; n <= len(now.added); n++ {
				out = append(out, outcome{Out: strings.Join(now.added[:n], ", "), After: now.knowing(n)})
			}
			return out
		}},
	}
}

func (now state) knowing(n int) state {
	now.known = n
	return now
}

func texts(list []timing) string {
	all := make([]string, len(list))
	for i, one := range list {
		all[i] = text(one)
	}
	return strings.Join(all, ", ")
}

// Time passes, and with it a tick.
func waits(*rand.Rand) call {
	return call{
		Name:  "wait for a tick",
		Do:    func(*office, contract.Moments) any { time.Sleep(every); return nil },
		Steps: []step{func(now state) []outcome { return []outcome{{After: now}} }},
	}
}

// The first write may continue.
func goesOn(*rand.Rand) call {
	return call{
		Name: "the first write goes on",
		Do: func(o *office, _ contract.Moments) any {
			o.letGo()
			return nil
		},
		Steps: []step{func(now state) []outcome { now.stuck = false; return []outcome{{After: now}} }},
	}
}

func (o *office) letGo() {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case <-o.goOn:
	default:
		close(o.goOn)
	}
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, recorder(t), contract.Shape{Before: 2, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, recorder(t), contract.Shape{Before: 2, Goroutines: 3, Calls: 2})
}

// Two recorders have nothing to do with each other.
func TestTwoRecorders(t *testing.T) {
	contract.Apart(t, recorder(t))
}
