package gatelostwakeup_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"heisenkata/exercises/08-heisenbugs/02-gate-lost-wakeup"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/oracle"
)

// state is the state of a gate: first its flag is set, then it is open.
type state struct{ set, open bool }

// A site is a gate and the flag that tells after a restart whether the gate was opened.
type site struct {
	*gatelostwakeup.Gate
	flag gatelostwakeup.Flag
}

type (
	call    = contract.Call[site, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
)

// What each method does when no other call is running.
var gate = contract.Contract[site, state]{
	Blocks: true,
	New:    newSite,
	Calls:  []contract.Draw[site, state]{wait, wait, open, open, isOpen, look},
	Last:   []contract.Draw[site, state]{isOpen, look},
	Waits:  true,
	Sleeps: true,
}

// newSite returns a gate that is closed, or one that was opened before a restart.
func newSite(r *rand.Rand) (site, state) {
	flag := []gatelostwakeup.Flag{new(atomic.Bool), new(disk)}[r.IntN(2)]
	opened := r.IntN(8) == 0
	flag.Store(opened)
	return site{gatelostwakeup.New(kept(flag)), flag}, state{opened, opened}
}

// Wait returns when the gate is open.
func wait(*rand.Rand) call {
	return call{
		Name: "Wait()",
		Do:   func(s site, _ contract.Moments) any { s.Wait(); return nil },
		Steps: []step{func(s state) []outcome {
			if !s.open {
				return nil
			}
			return []outcome{{After: s}}
		}},
	}
}

// Open sets the flag and then opens the gate. Both have happened when it returns.
func open(*rand.Rand) call {
	return call{
		Name:   "Open()",
		Do:     func(s site, _ contract.Moments) any { s.Open(); return nil },
		Silent: true,
		Steps: []step{
			func(s state) []outcome { return []outcome{{After: state{true, s.open}}} },
			func(state) []outcome { return []outcome{{After: state{true, true}}} },
		},
	}
}

// IsOpen reports whether the gate is open. It does not wait.
func isOpen(*rand.Rand) call {
	return call{
		Name:  "IsOpen()",
		Do:    func(s site, _ contract.Moments) any { return s.IsOpen() },
		Steps: []step{func(s state) []outcome { return []outcome{{Out: s.open, After: s}} }},
	}
}

// look returns what would be found after a restart.
func look(*rand.Rand) call {
	return call{
		Name:  "flag.Load()",
		Do:    func(s site, _ contract.Moments) any { return s.flag.Load() },
		Steps: []step{func(s state) []outcome { return []outcome{{Out: s.set, After: s}} }},
	}
}

// A disk is a slow flag.
type disk struct{ set atomic.Bool }

func (d *disk) Load() bool {
	defer time.Sleep(time.Microsecond)
	return d.set.Load()
}

func (d *disk) Store(open bool) {
	time.Sleep(time.Microsecond)
	d.set.Store(open)
	time.Sleep(time.Microsecond)
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	known(t)
	contract.Check(t, gate, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	known(t)
	contract.Check(t, gate, contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// Gates have nothing to do with each other: while the flag of one stores, and that of another
// one loads, the rest can be used.
func TestTwoGates(t *testing.T) {
	contract.Apart(t, gate)
	begun, loaded, goOn := make(chan bool, 2), make(chan bool), make(chan bool)
	slowly := func() {
		select {
		case begun <- true:
		default: // it has been seen already
		}
		<-goOn
	}
	stores := &slowFlag{storing: slowly}
	loads := &slowFlag{loaded: func(bool) { slowly() }}
	loads.open.Store(true)
	others := 3
	if oracle.Large(t) {
		others = oracle.Beyond(200, 5000)
	}
	var group sync.WaitGroup
	oracle.Within(t, func() {
		group.Go(gatelostwakeup.New(kept(stores)).Open)
		<-begun
		group.Go(func() {
			defer close(loaded)
			g := gatelostwakeup.New(kept(loads))
			g.IsOpen()
			g.Wait()
		})
		select {
		case <-begun:
		case <-loaded: // it does not look at the flag
		}
		for range others {
			g := gatelostwakeup.New(new(atomic.Bool))
			group.Go(g.Wait)
			g.Open()
			g.Wait()
			g.IsOpen()
		}
	}, "the flag of one gate is slow, and a call of another gate does not return")
	close(goOn)
	group.Wait()
}
