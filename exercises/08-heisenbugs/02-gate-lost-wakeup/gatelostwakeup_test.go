package gatelostwakeup_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/08-heisenbugs/02-gate-lost-wakeup"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/life/storage"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// caught is set once a call has been left asleep in this process.
var caught bool

// A call that comes late does not wait, and the flag alone decides whether it is late.
func TestOpenGateHoldsNoVisitor(t *testing.T) {
	var flag atomic.Bool
	g := gatelostwakeup.New(kept(&flag))
	assert.False(t, g.IsOpen(), "the flag is not set, so the gate is closed")
	g.Open()
	assert.True(t, g.IsOpen(), "Open has returned, so the gate is open")
	assert.True(t, flag.Load(), "Open has returned, so the flag is set")
	oracle.Within(t, g.Wait, "the gate was opened before Wait was called, but Wait did not return")

	restarted := gatelostwakeup.New(kept(&flag))
	assert.True(t, restarted.IsOpen(), "the flag was set before the gate was created")
	oracle.Within(t, restarted.Wait, "the flag was set before the gate was created, but Wait did not return")
}

func TestOpenTwice(t *testing.T) {
	times := 3
	if oracle.Large(t) {
		times = oracle.Often()
	}
	g := gatelostwakeup.New(new(atomic.Bool))
	oracle.Within(t, func() {
		assert.NotPanics(t, func() {
			for range times {
				g.Open()
			}
		}, "opening an open gate must have no effect")
		g.Wait()
	}, fmt.Sprintf("the gate was opened %d times, one after the other, and a call hangs", times))
	assert.True(t, g.IsOpen())
}

// Several calls wait at the same time, all of them asleep, and return when the gate opens.
func TestHeldUntilOpen(t *testing.T) {
	flag := &slowFlag{}
	g := gatelostwakeup.New(kept(flag))
	config := 0
	waiting := make([]task, 2+rand.IntN(10))
	for i := range waiting {
		waiting[i].begin(func() {
			g.Wait()
			assert.Positive(t, config, "a write before Open is not visible after Wait")
		})
	}
	for i := range waiting {
		if !waiting[i].settle() || flag.looks.Load() > often {
			g.Open()
			require.Fail(t, "a waiting call must sleep", "the gate is closed, and a call of Wait spins or polls: "+
				"it keeps a processor busy that others need")
		}
		require.False(t, waiting[i].over.Load(), "the gate is closed, but a Wait has returned")
	}
	assert.False(t, g.IsOpen(), "the gate has not been opened")

	config = 1 + rand.IntN(1000)
	oracle.Within(t, g.Open, "all waiting calls are asleep, and Open does not return")
	assert.True(t, g.IsOpen(), "Open has returned, so the gate is open")
	oracle.Within(t, func() {
		for i := range waiting {
			waiting[i].running.Wait()
		}
	}, fmt.Sprintf("%d calls of Wait were asleep when the gate was opened, but not all of them woke up", len(waiting)))
}

// Any number of waiting calls return: here more than fit in a list of a fixed size,
// and enough to overflow a counter of 8 bits.
func TestAllPass(t *testing.T) {
	sizes := []int{129 + rand.IntN(40)}
	if oracle.Large(t) {
		sizes = []int{1 << 8, oracle.Many()}
	}
	for _, many := range sizes {
		if allPass(t, many); t.Failed() {
			return
		}
	}
}

func allPass(t *testing.T, many int) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		g := gatelostwakeup.New(new(atomic.Bool))
		waiting := make([]task, many)
		waiting[0].begin(g.Wait)
		waiting[0].settle()
		durable := waiting[0].durable()
		for i := range waiting[1:] {
			waiting[i+1].begin(g.Wait)
		}
		if durable {
			synctest.Wait()
		}
		var opening task
		opening.begin(g.Open)
		synctest.Wait()
		left := 0
		for i := range waiting {
			if !waiting[i].over.Load() {
				left++
			}
		}
		assert.Zero(t, left, "%d calls of Wait were blocked when the gate was opened. It is open and no goroutine is running, "+
			"but %d of them are still blocked", len(waiting), left)
		for range left {
			g.Open()
		}
	})
	caught = caught || t.Failed()
}

// A day in front of a closed gate, and a day after it was opened: nothing polls, and
// nothing keeps running.
func TestWaitNeedsNoClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		here := oracle.WhoIsHere()
		flag := &slowFlag{}
		g := gatelostwakeup.New(kept(flag))
		var waiting [2]task
		for i := range waiting {
			waiting[i].begin(g.Wait)
			waiting[i].settle()
		}
		looks := flag.looks.Load()
		if waiting[0].durable() && waiting[1].durable() { // waiting for a lock keeps the clock of the bubble from moving
			time.Sleep(24 * time.Hour)
			assert.Equal(t, looks, flag.looks.Load(), "two calls of Wait blocked for a day, and loaded the flag %d more times. "+
				"Wait must be woken instead of polling", flag.looks.Load()-looks)
			oracle.AssertSleeps(t, "Two calls of Wait are blocked")
		}
		g.Open()
		synctest.Wait()
		for i := range waiting {
			assert.True(t, waiting[i].over.Load(), "the gate is open and no time has passed since, but Wait is still blocked")
		}
		looks = flag.looks.Load()
		if !t.Failed() {
			here.AssertNothingGoesOn(t, "the gate is open, and Wait and Open have returned.")
			assert.Equal(t, looks, flag.looks.Load(), "the gate is open and every call has returned, but something still loads the flag")
		}
		time.Sleep(time.Minute)
	})
	caught = caught || t.Failed()
}

// A call has checked the flag, and the gate was closed. It is opened before the call
// sleeps. However often a call checks, there is a last time.
func TestOpenBetweenLookAndSleep(t *testing.T) {
	for look := range 4 {
		openAfterLook(t, 0, look)
		if t.Failed() {
			return
		}
	}
}

// The same, but other calls are asleep already.
func TestNoVisitorIsLeftBehind(t *testing.T) {
	openAfterLook(t, 1+rand.IntN(5), 0)
}

// openAfterLook lets some calls sleep in front of a closed gate, and starts one more.
// That one loads the flag, and before the load returns, the gate is opened: Open has
// returned by then, or waits for something. If look is not 0, this happens at a later
// load, or when the call sleeps, whichever comes first.
//
// Then all calls must return without any time passing: in the bubble, synctest.Wait
// returns when every goroutine has ended or sleeps.
func openAfterLook(t *testing.T, asleep, look int) {
	t.Helper()
	bubble(t, func(t *testing.T) {
		var g *gatelostwakeup.Gate
		var opening task
		var begun, open, armed, busy atomic.Bool
		var looks atomic.Int64
		begin := func() bool {
			if begun.Swap(true) {
				return false
			}
			opening.begin(func() {
				g.Open()
				open.Store(g.IsOpen())
			})
			return true
		}
		g = gatelostwakeup.New(kept(&slowFlag{loaded: func(open bool) {
			if armed.Load() && !open && looks.Add(1) == int64(look)+1 && begin() && !opening.settleAlone() {
				busy.Store(true)
			}
		}}))
		waiting := make([]task, asleep+1)
		for i := range waiting {
			armed.Store(i == asleep)
			waiting[i].begin(g.Wait)
			for !waiting[i].settle() {
			}
		}
		begin()
		synctest.Wait()
		assert.False(t, busy.Load(), "while a slow call loads the flag, another one opens the gate, "+
			"and neither returns nor sleeps: it spins until the first has continued")

		left := 0
		for i := range waiting {
			if !waiting[i].over.Load() {
				left++
			}
		}
		if left > 0 {
			t.Errorf("a call loaded the flag (load %d, %d others were asleep), and the gate was closed. "+
				"It was opened before the call slept. Now IsOpen() is %v, no goroutine is running, and %d of %d calls are asleep. "+
				"Open will not be called again. A sleeper that missed its wake-up sleeps forever "+
				"(or until a timer fires, which is too late)", look+1, asleep, g.IsOpen(), left, len(waiting))
		}
		assert.True(t, opening.over.Load(), "no goroutine is running, no time passes, and Open has not returned. "+
			"What does it wait for?")
		if opening.over.Load() {
			assert.True(t, open.Load(), "Open has returned, so the gate is open")
		}
		if t.Failed() { // let the goroutines end if they can
			time.Sleep(time.Minute)
			for range left {
				g.Open()
			}
			time.Sleep(time.Minute)
		}
	})
	caught = caught || t.Failed()
}

// The flag is on a slow disk. No call may return before it is set, and all
// must afterwards.
func TestSlowFlag(t *testing.T) {
	bubble(t, func(t *testing.T) {
		waiting := make([]task, 1+rand.IntN(4))
		g := gatelostwakeup.New(kept(&slowFlag{storing: func() {
			for i := range waiting {
				waiting[i].settle()
			}
		}}))
		var early atomic.Int64
		for i := range waiting {
			waiting[i].begin(func() {
				g.Wait()
				if !g.IsOpen() {
					early.Add(1)
				}
			})
			waiting[i].settle()
		}
		g.Open()
		synctest.Wait()
		left := 0
		for i := range waiting {
			if !waiting[i].over.Load() {
				left++
			}
		}
		assert.Zero(t, early.Load(), "%d calls of Wait returned before the flag was set, and found the gate closed", early.Load())
		assert.Zero(t, left, "the flag was slow. Now it is set and no goroutine is running, but %d of %d calls are still "+
			"asleep. Were they woken too early, found the gate closed, and went back to sleep?", left, len(waiting))
		for range left {
			g.Open()
		}
		time.Sleep(time.Minute)
	})
}

// Two operators press the button at the same time: the second Open comes while the
// first is setting the flag, or right after that. There may be more operators.
func TestTwoOpenAtOnce(t *testing.T) {
	more := life.Beyond(100, 0)
	for _, early := range []bool{true, false} {
		bubble(t, func(t *testing.T) {
			var g *gatelostwakeup.Gate
			var begun atomic.Bool
			var first, second, waiting task
			others := make([]task, more)
			flag := &slowFlag{}
			press := func() {
				assert.NotPanics(t, g.Open, "the gate was opened by two calls at once")
				assert.True(t, flag.open.Load(), "two calls open the gate at once, and one of them has returned: so the flag is set")
				assert.True(t, g.IsOpen(), "two calls open the gate at once, and one of them has returned: so the gate is open")
			}
			another := func() {
				if begun.Swap(true) {
					return
				}
				for i := range others {
					others[i].begin(press)
					others[i].settle()
				}
				second.begin(press)
				second.settle()
				if !second.over.Load() {
					return
				}
				waiting.settle()
				assert.True(t, waiting.over.Load(), "the first Open is still setting the flag, the second has returned, "+
					"and a Wait that began before both is still blocked. What does the second Open rely on?")
			}
			if early {
				flag.storing = another
			} else {
				flag.stored = another
			}
			g = gatelostwakeup.New(kept(flag))
			waiting.begin(g.Wait)
			waiting.settle()
			first.begin(press)
			synctest.Wait()
			assert.True(t, waiting.over.Load(), "two calls opened the gate at once, but a Wait is still asleep")
			assert.True(t, first.over.Load() && second.over.Load(),
				"two calls opened the gate at once, but one of them has not returned")
		})
	}
}

// A slow call has loaded the flag and seen it closed. Meanwhile two operators open the
// gate. They may have to wait for that call. If one of them does not, all calls that
// slept before must have been released.
func TestTwoOpenWhileAnotherLooks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var armed atomic.Bool
		told := make(chan struct{})
		g := gatelostwakeup.New(kept(&slowFlag{loaded: func(open bool) {
			if !open && armed.Swap(false) {
				<-told
			}
		}}))
		var waiting, looking task
		waiting.begin(g.Wait)
		waiting.settle()
		armed.Store(true)
		looking.begin(g.Wait)
		looking.settle()
		operators := make([]task, 2)
		for i := range operators {
			operators[i].begin(g.Open)
			operators[i].settle()
			if operators[i].over.Load() {
				waiting.settle()
				assert.True(t, waiting.over.Load(), "two calls open the gate while a Wait loads the flag. Open number %d "+
					"has returned, but a Wait that began before it is still blocked. What does that Open rely on?", i+1)
			}
		}
		armed.Store(false)
		close(told)
		synctest.Wait()
		for _, c := range []*task{&waiting, &looking, &operators[0], &operators[1]} {
			assert.True(t, c.over.Load(), "two calls opened the gate and no goroutine is running, but a call has not returned")
		}
		if t.Failed() { // let the goroutines end if they can
			g.Open()
			time.Sleep(time.Minute)
		}
	})
	caught = caught || t.Failed()
}

// Many mornings: some calls come while the gate is being opened, and another reads its
// state. The flag is slow every other morning.
func TestManyMornings(t *testing.T) {
	const rounds = 200
	bubble(t, func(t *testing.T) {
		for round := range rounds {
			flag := &slowFlag{}
			moments := rand.IntN(40)
			if round%2 == 0 {
				flag.loaded = func(bool) { runtime.Gosched() }
				moments = 0
			}
			g := gatelostwakeup.New(kept(flag))
			parties := 1 + rand.IntN(3)
			var line, passed atomic.Int64
			arrive := func() {
				line.Add(1)
				for line.Load() < int64(parties)+2 {
					runtime.Gosched()
				}
			}
			for range parties {
				go func() {
					arrive()
					g.Wait()
					if g.IsOpen() {
						passed.Add(1)
					}
				}()
			}
			go func() {
				arrive()
				g.IsOpen()
			}()
			arrive()
			for range moments {
				line.Load()
			}
			if round%4 == 0 {
				runtime.Gosched()
			}
			g.Open()
			synctest.Wait()
			if left := parties - int(passed.Load()); left > 0 {
				for range left {
					g.Open()
				}
				time.Sleep(time.Minute)
				require.Zero(t, left, "morning %d of %d: the gate is open and no goroutine is running, but %d of %d calls of Wait are asleep, "+
					"or returned and found it closed. They came while it was being opened", round+1, rounds, left, parties)
			}
		}
	})
}

// bubble runs fn in a synctest bubble. A lock that is never released keeps a bubble
// from ending, so a watchdog outside ends the process.
func bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() { oracle.Bubble(t, fn) }, "a goroutine waits for a lock that is never released")
}

// kept returns a flag whose type does not reveal that it belongs to a test.
func kept(flag gatelostwakeup.Flag) gatelostwakeup.Flag {
	if _, is := flag.(*atomic.Bool); is {
		return flag
	}
	return &storage.Flag{Get: flag.Load, Set: flag.Store}
}

// often is a number of loads that shows polling. A call that sleeps needs
// only one or two.
const often = 1000

// A slowFlag calls these functions around its work, unless they are nil. It ends a
// goroutine that loads too often.
type slowFlag struct {
	open    atomic.Bool
	looks   atomic.Int64
	loaded  func(open bool) // has loaded but not returned
	storing func()          // is about to store
	stored  func()          // has stored
}

func (f *slowFlag) Load() bool {
	open := f.open.Load()
	if f.looks.Add(1) > often {
		runtime.Goexit()
	}
	if f.loaded != nil {
		f.loaded(open)
	}
	return open
}

func (f *slowFlag) Store(open bool) {
	if f.storing != nil {
		f.storing()
	}
	f.open.Store(open)
	if f.stored != nil {
		f.stored()
	}
}

// A task is a function on a goroutine of its own whose state others can see.
type task struct {
	running sync.WaitGroup
	id      atomic.Pointer[[]byte] // its name in a goroutine dump: "goroutine 42 "
	over    atomic.Bool
}

func (c *task) begin(fn func()) {
	c.running.Go(func() {
		buf := make([]byte, 64)
		buf = buf[:runtime.Stack(buf, false)]
		id := slices.Concat([]byte("goroutine "), bytes.Fields(buf)[1], []byte(" "))
		c.id.Store(&id)
		defer c.over.Store(true)
		fn()
	})
}

// settle lets other goroutines run until the task has ended or waits for a lock, a
// channel, a condition or a timer. It asks the runtime, so it needs no timeout. It
// gives up on a task that keeps running, and returns false.
func (c *task) settle() bool {
	for try := range 5000 {
		for range min(4+try, 256) {
			if c.over.Load() {
				return true
			}
			runtime.Gosched()
		}
		if c.waits() {
			return true
		}
	}
	return false
}

// settleAlone is settle for a task that takes microseconds, and gives up sooner. It runs
// with a single processor: each Gosched gives the others a turn that ends when they
// block, and only one that does not block is preempted, after some 10 milliseconds.
func (c *task) settleAlone() bool {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for range 50 {
		if c.over.Load() || c.waits() {
			return true
		}
		runtime.Gosched()
	}
	return c.over.Load() || c.waits()
}

// waits reports whether the task is blocked. Finding out stops the world, so goroutines that
// are running continue until they can be stopped.
func (c *task) waits() bool {
	state := c.state()
	for _, waits := range []string{"sync.", "chan ", "select", "sleep"} {
		if bytes.HasPrefix(state, []byte(waits)) {
			return true
		}
	}
	return false
}

// durable reports whether the task is durably blocked, as synctest calls it. A lock
// does not count.
func (c *task) durable() bool { return bytes.Contains(c.state(), []byte("(durable)")) }

// state is the state of the task in a goroutine dump: "chan receive (durable), …".
func (c *task) state() []byte {
	id := c.id.Load()
	if id == nil {
		return nil
	}
	dump := make([]byte, 1<<17)
	_, itself, _ := bytes.Cut(dump[:runtime.Stack(dump, true)], *id)
	_, state, _ := bytes.Cut(itself, []byte("["))
	state, _, _ = bytes.Cut(state, []byte("]:"))
	return state
}
