package gatelostwakeup_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/08-heisenbugs/02-gate-lost-wakeup"
	"heisenkata/exercises/internal/oracle"
)

// A file is a flag on a slow disk: others find it set before Store returns.
type file struct{ set atomic.Bool }

func (f *file) Load() bool { return f.set.Load() }

func (f *file) Store(open bool) {
	f.set.Store(open)
	time.Sleep(100 * time.Microsecond)
}

// What was done before Open is seen after Wait, even by a Wait that finds the flag set
// while Open is still under way.
func TestGateOrdersWhatWasDone(t *testing.T) {
	for range 10 {
		flag := &file{}
		g := gatelostwakeup.New(flag)
		migrated := 0
		var group sync.WaitGroup
		for _, looks := range []bool{true, true, false, false} {
			group.Go(func() {
				for looks && !flag.Load() {
					runtime.Gosched()
				}
				g.Wait()
				assert.Equal(t, 100, migrated, "data was migrated, and then the gate was opened. After Wait it is read")
			})
		}
		oracle.Within(t, func() {
			migrated = 100
			g.Open()
			group.Wait()
		}, "the gate was opened while others called Wait, and one of the calls does not return")
	}
}

// A slowRead is a flag whose Load takes long while it is held, and returns what the flag is
// then.
type slowRead struct {
	set  atomic.Bool
	held atomic.Bool
	goOn chan struct{}
}

func (f *slowRead) Load() bool {
	if f.held.Load() {
		<-f.goOn
	}
	return f.set.Load()
}

func (f *slowRead) Store(open bool) { f.set.Store(open) }

// giveTurns lets each of the others run until it blocks: with a single processor, each
// Gosched gives a turn to many of them. It looks at none, since ten thousand may be there.
func giveTurns() {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 1000 {
		runtime.Gosched()
	}
}

// Many calls of Wait load the flag while the gate is opened, and find it set: none of them
// needs what Open has for it. Open returns, however many there are.
func TestOpenWhileManyLook(t *testing.T) {
	many := 2 + rand.IntN(30)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	flag := &slowRead{goOn: make(chan struct{})}
	g := gatelostwakeup.New(kept(flag))
	var waiting, opening sync.WaitGroup
	for range rand.IntN(4) {
		waiting.Go(g.Wait)
	}
	giveTurns()
	flag.held.Store(true)
	for range many {
		waiting.Go(g.Wait)
	}
	giveTurns() // in Load, or waiting for a call that is
	flag.held.Store(false)
	for range 1 + rand.IntN(2) {
		opening.Go(g.Open)
	}
	giveTurns()
	close(flag.goOn)
	oracle.Within(t, waiting.Wait,
		fmt.Sprintf("the gate was opened while %d calls of Wait loaded the flag. The loads have returned, and a Wait has not", many))
	oracle.Within(t, opening.Wait,
		fmt.Sprintf("the gate was opened while %d calls of Wait loaded the flag. All of them have returned, and Open has not. What does it wait for?", many))
	assert.True(t, g.IsOpen(), "Open has returned, so the gate is open")
}
