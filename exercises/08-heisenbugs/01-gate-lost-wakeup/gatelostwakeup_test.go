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

	"heisenkata/exercises/08-heisenbugs/01-gate-lost-wakeup"
	"heisenkata/exercises/internal/life/storage"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// caught tells that somebody has been left asleep in this process.
var caught bool

// Who comes late is not held, and the flag alone decides who is late.
func TestOpenGateHoldsNobody(t *testing.T) {
	var flag atomic.Bool
	g := gatelostwakeup.New(kept(&flag))
	assert.False(t, g.IsOpen(), "the flag is not set, so the gate is closed")
	g.Open()
	assert.True(t, g.IsOpen(), "Open has returned, so the gate is open")
	assert.True(t, flag.Load(), "Open has returned, so the flag is set")
	oracle.Within(t, g.Wait, "the gate had been opened before Wait was called, and Wait did not return")

	restarted := gatelostwakeup.New(kept(&flag))
	assert.True(t, restarted.IsOpen(), "the flag was set before the gate was made")
	oracle.Within(t, restarted.Wait, "the flag was set before the gate was made, and Wait did not return")
}

func TestOpenTwice(t *testing.T) {
	times := 3
	if oracle.Large(t) {
		times = 1<<16 + 5 // more than 16 bits hold
	}
	g := gatelostwakeup.New(new(atomic.Bool))
	oracle.Within(t, func() {
		assert.NotPanics(t, func() {
			for range times {
				g.Open()
			}
		}, "to open an open gate does nothing")
		g.Wait()
	}, fmt.Sprintf("the gate was opened %d times, one after the other, and somebody hangs", times))
	assert.True(t, g.IsOpen())
}

// Several are held at the same time, all of them asleep, and pass when the gate opens.
func TestHeldUntilOpen(t *testing.T) {
	flag := &slowFlag{}
	g := gatelostwakeup.New(kept(flag))
	config := 0
	waiting := make([]task, 2+rand.IntN(10))
	for i := range waiting {
		waiting[i].begin(func() {
			g.Wait()
			assert.Positive(t, config, "what was written before Open is not seen behind the gate")
		})
	}
	for i := range waiting {
		if !waiting[i].settle() || flag.looks.Load() > often {
			g.Open()
			require.Fail(t, "who is held must sleep", "the gate is closed, and somebody runs round and round before it: "+
				"he keeps a processor busy that others need")
		}
		require.False(t, waiting[i].over.Load(), "the gate is closed, and somebody has passed it")
	}
	assert.False(t, g.IsOpen(), "nobody has opened the gate")

	config = 1 + rand.IntN(1000)
	oracle.Within(t, g.Open, "all are asleep before the gate, and Open does not return")
	assert.True(t, g.IsOpen(), "Open has returned, so the gate is open")
	oracle.Within(t, func() {
		for i := range waiting {
			waiting[i].running.Wait()
		}
	}, fmt.Sprintf("%d slept before the gate when it was opened, and not all of them woke up", len(waiting)))
}

// However many are held, all of them pass: more here than a list of a fixed size
// has room for, and as many as make a number of 8 bits come round to zero.
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
		assert.Zero(t, left, "%d calls of Wait blocked when the gate was opened. It is open, nothing runs any more, "+
			"and %d of them still block", len(waiting), left)
		for range left {
			g.Open()
		}
	})
	caught = caught || t.Failed()
}

// A day before a closed gate, and a day after it was opened: nothing gets up to
// look, and nothing is left to do.
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
		if waiting[0].durable() && waiting[1].durable() { // a lock knows no clock, and keeps the bubble's from moving
			time.Sleep(24 * time.Hour)
			assert.Equal(t, looks, flag.looks.Load(), "two calls of Wait blocked for a day, and looked at the flag %d more times. "+
				"Wait is to be woken, not to get up and look", flag.looks.Load()-looks)
		}
		g.Open()
		synctest.Wait()
		for i := range waiting {
			assert.True(t, waiting[i].over.Load(), "the gate is open, no clock has moved since, and Wait still blocks")
		}
		looks = flag.looks.Load()
		if !t.Failed() {
			here.AssertNothingGoesOn(t, "the gate is open, and Wait and Open have returned.")
			assert.Equal(t, looks, flag.looks.Load(), "the gate is open, every call has returned, and the flag is still looked at")
		}
		time.Sleep(time.Minute)
	})
	caught = caught || t.Failed()
}

// Somebody has looked, and the gate was closed. Before he sleeps, it is opened.
// However often he looks before he sleeps: there is a last time.
func TestOpenBetweenLookAndSleep(t *testing.T) {
	for look := range 4 {
		openAfterLook(t, 0, look)
		if t.Failed() {
			return
		}
	}
}

// The same, and others sleep already.
func TestNobodyIsLeftBehind(t *testing.T) {
	openAfterLook(t, 1+rand.IntN(5), 0)
}

// openAfterLook puts some to sleep before a closed gate, and sends one more. He
// looks at the flag, and before he is told what he saw, the gate is opened: Open
// has returned by then, or waits for somebody. If look is not 0, that happens at
// a later look, or when he sleeps, whichever is first.
//
// Then all must pass, at once: in the bubble synctest.Wait returns when everybody
// has ended or sleeps, and no clock has moved.
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
		assert.False(t, busy.Load(), "somebody takes his time to look at the flag, and whoever opens the gate meanwhile "+
			"neither comes back nor sleeps: he runs round and round until the other has gone")

		left := 0
		for i := range waiting {
			if !waiting[i].over.Load() {
				left++
			}
		}
		if left > 0 {
			t.Errorf("somebody looked at the flag (look %d, %d others were asleep), and the gate was closed. "+
				"Before he slept, it was opened. Now IsOpen() is %v, nothing runs any more, and %d of %d sleep before the gate. "+
				"Nobody will call Open again. If the wake-up is gone before the sleeper sleeps, he sleeps for ever "+
				"(or until a timer goes off, which is too late)", look+1, asleep, g.IsOpen(), left, len(waiting))
		}
		assert.True(t, opening.over.Load(), "nothing runs any more, no clock moves, and Open has not returned. "+
			"What does it wait for?")
		if opening.over.Load() {
			assert.True(t, open.Load(), "Open has returned, so the gate is open")
		}
		if t.Failed() { // let everybody go home, if they can
			time.Sleep(time.Minute)
			for range left {
				g.Open()
			}
			time.Sleep(time.Minute)
		}
	})
	caught = caught || t.Failed()
}

// The flag is on a slow disk. Until it is set, nobody may pass; when it is set,
// everybody must.
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
		assert.Zero(t, early.Load(), "%d passed before the flag was set, and found the gate closed", early.Load())
		assert.Zero(t, left, "the flag took its time to be set. Now it is, nothing runs any more, and %d of %d sleep before "+
			"the gate. Were they woken too early, found it closed, and went to sleep again?", left, len(waiting))
		for range left {
			g.Open()
		}
		time.Sleep(time.Minute)
	})
}

// Two operators press the button at the same moment: while the first one's flag
// is being set, or right after, the second one comes.
func TestTwoOpenAtOnce(t *testing.T) {
	for _, early := range []bool{true, false} {
		bubble(t, func(t *testing.T) {
			var g *gatelostwakeup.Gate
			var begun atomic.Bool
			var first, second, waiting task
			flag := &slowFlag{}
			press := func() {
				assert.NotPanics(t, g.Open, "two have opened the gate at once")
				assert.True(t, flag.open.Load(), "two open the gate at once, and one Open has returned: so the flag is set")
				assert.True(t, g.IsOpen(), "two open the gate at once, and one Open has returned: so the gate is open")
			}
			another := func() {
				if begun.Swap(true) {
					return
				}
				second.begin(press)
				second.settle()
				if !second.over.Load() {
					return
				}
				waiting.settle()
				assert.True(t, waiting.over.Load(), "the first Open is still busy with its flag, the second has returned, "+
					"and a Wait that began before both still blocks. On what does the second Open rely?")
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
			assert.True(t, waiting.over.Load(), "the gate was opened by two at once, and somebody still sleeps before it")
			assert.True(t, first.over.Load() && second.over.Load(),
				"the gate was opened by two at once, and one of them has not come back")
		})
	}
}

// Somebody takes his time to look at the flag, and has seen it closed. Two operators
// open the gate meanwhile. They may have to wait for him. If one of them does not,
// all who slept before the gate have been let go.
func TestTwoOpenWhileSomebodyLooks(t *testing.T) {
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
				assert.True(t, waiting.over.Load(), "two open the gate while somebody looks at the flag. Open number %d "+
					"has returned, and a Wait that began before it still blocks. On what does that Open rely?", i+1)
			}
		}
		armed.Store(false)
		close(told)
		synctest.Wait()
		for _, c := range []*task{&waiting, &looking, &operators[0], &operators[1]} {
			assert.True(t, c.over.Load(), "the gate was opened by two, nothing runs any more, and a call has not returned")
		}
		if t.Failed() { // let everybody go home, if they can
			g.Open()
			time.Sleep(time.Minute)
		}
	})
	caught = caught || t.Failed()
}

// Many mornings: some come while the gate is being opened, and somebody looks on.
// On every other morning the flag is slow.
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
				require.Zero(t, left, "morning %d of %d: the gate is open, nothing runs any more, and %d of %d sleep before it, "+
					"or have passed and found it closed. They came while it was being opened", round+1, rounds, left, parties)
			}
		}
	})
}

// bubble runs fn in a synctest bubble. A lock that nobody gives back keeps a
// bubble from ending, so somebody outside has an eye on it.
func bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() { oracle.Bubble(t, fn) }, "somebody waits for a lock that nobody gives back")
}

// kept is a flag whose type says nothing about who made it.
func kept(flag gatelostwakeup.Flag) gatelostwakeup.Flag {
	if _, is := flag.(*atomic.Bool); is {
		return flag
	}
	return &storage.Flag{Get: flag.Load, Set: flag.Store}
}

// often is how many looks at one flag are too many. Who sleeps before the gate
// needs one or two.
const often = 1000

// A slowFlag calls out around its work. Nil functions are not called. Who looks
// too often is sent away for good.
type slowFlag struct {
	open    atomic.Bool
	looks   atomic.Int64
	loaded  func(open bool) // has looked, has not told yet
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

// A task runs on a goroutine of its own, and others can see how far it is.
type task struct {
	running sync.WaitGroup
	id      atomic.Pointer[[]byte] // how a goroutine dump names it: "goroutine 42 "
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

// settle lets others run until the task is over, or waits for somebody: for a
// lock, a channel, a condition, a timer. It asks the runtime, so no time-out has
// to guess. It gives up on a task that runs on and on, and returns false.
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

// settleAlone is settle for a task that takes microseconds, and gives up sooner.
// It leaves one processor: so each Gosched is a turn for the others, which ends
// when they wait, and only who does not is stopped, after some 10 milliseconds.
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

// waits tells whether the task waits for somebody. To look stops the world, so
// whoever runs gets on until he can be stopped.
func (c *task) waits() bool {
	state := c.state()
	for _, waits := range []string{"sync.", "chan ", "select", "sleep"} {
		if bytes.HasPrefix(state, []byte(waits)) {
			return true
		}
	}
	return false
}

// durable tells whether the task waits in a way that its bubble knows of. For a
// lock it does not.
func (c *task) durable() bool { return bytes.Contains(c.state(), []byte("(durable)")) }

// state is what a goroutine dump says of the task: "chan receive (durable), …".
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
