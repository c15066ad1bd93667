package ledgertransfer_test

import (
	"runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
)

// A crew is the goroutines of one test.
type crew struct {
	t         *testing.T
	strangers map[string]bool // goroutines that existed before
	busy      atomic.Int64    // number of goroutines that it started and that have not ended
}

func newCrew(t *testing.T) *crew {
	c := &crew{t: t, strangers: map[string]bool{}}
	for _, g := range goroutines() {
		c.strangers[g.id] = true
	}
	return c
}

func (c *crew) start(fn func()) {
	c.busy.Add(1)
	go func() {
		defer c.busy.Add(-1)
		fn()
	}()
}

// run starts fn and lets it run as far as it can. It reports whether all goroutines
// are blocked now.
func (c *crew) run(fn func()) bool {
	c.start(fn)
	return c.settle()
}

// finish waits until the crew has ended. If all goroutines are blocked, none can ever
// continue: then it ends the process with a dump of all goroutines, as oracle.Within
// does. It needs no timeout for that.
func (c *crew) finish(message string) {
	for c.busy.Load() > 0 {
		if awake, _ := c.awake(); awake == 0 && c.busy.Load() > 0 {
			debug.SetTraceback("all")
			panic("stuck: " + message)
		}
		runtime.Gosched()
	}
}

// settle lets the crew run until all of it has ended or is blocked, that is, waits for
// something that only another goroutine can do. It reports whether that is so; with a
// goroutine that spins or polls it never is.
//
// It runs with a single processor. So no goroutine runs while settle looks, and each
// Gosched gives the others a turn, which ends when they block. Only one that does not
// block is preempted, after some 10 milliseconds. A transfer needs one turn.
func (c *crew) settle() bool {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for turns := 0; turns < 20; {
		awake, going := c.awake()
		if awake == 0 {
			return true
		}
		if going > 0 {
			turns++
		}
		runtime.Gosched()
	}
	return false
}

// asleep are the states that a goroutine can leave only with the help of another.
var asleep = map[string]bool{
	"chan receive": true, "chan receive (nil chan)": true, "chan send": true, "chan send (nil chan)": true,
	"select": true, "select (no cases)": true, "sync.Cond.Wait": true, "sync.WaitGroup.Wait": true,
	"sync.Mutex.Lock": true, "sync.RWMutex.Lock": true, "sync.RWMutex.RLock": true,
}

// trying are the states of a goroutine that continues by itself. All other states are
// the runtime's own business, such as garbage collection.
var trying = map[string]bool{"runnable": true, "running": true, "sleep": true}

// awake counts the goroutines of the crew, and those they started, that are not
// blocked, and how many of these continue by themselves.
func (c *crew) awake() (awake, going int) {
	for _, g := range goroutines() {
		if c.strangers[g.id] || asleep[g.state] {
			continue
		}
		awake++
		if trying[g.state] {
			going++
		}
	}
	return awake, going
}

type goroutine struct{ id, state string }

var dump = make([]byte, 1<<16)

// goroutines returns all current goroutines except the caller's.
func goroutines() (all []goroutine) {
	n := runtime.Stack(dump, true)
	for n == len(dump) {
		dump = make([]byte, 2*n)
		n = runtime.Stack(dump, true)
	}
	for _, stack := range strings.Split(string(dump[:n]), "\n\n")[1:] {
		header, _, _ := strings.Cut(stack, "]:\n")
		id, state, _ := strings.Cut(header, " [")
		state, _, _ = strings.Cut(state, ",")           // "select, 2 minutes"
		state = strings.TrimSuffix(state, " (durable)") // only its own bubble can wake it
		all = append(all, goroutine{id, strings.TrimSuffix(state, " (scan)")})
	}
	return all
}
