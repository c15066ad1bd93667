package tickerflusher_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/02-ticker-flusher"
	"heisenkata/exercises/internal/oracle"
)

// inBubble runs fn in virtual time, which stands still while any goroutine can run. So
// an hour takes no time, and ticks are exact. A bubble does not notice a goroutine that
// waits for a lock, so the watchdog is outside.
//
// When fn returns, all recorders have been closed, and nothing of them may keep running.
func inBubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() {
		oracle.Bubble(t, func(t *testing.T) {
			here := oracle.WhoIsHere()
			fn(t)
			if stacks := here.Left(); len(stacks) > 0 { // the test fails when the bubble ends
				t.Errorf("Close has returned, and a goroutine of the recorder is still here. "+
					"What does it wait for, and what would end it?\n\n%s", strings.Join(stacks, "\n\n"))
				return
			}
			here.AssertNothingGoesOn(t, "Close has returned.")
		})
	}, "a call of Add or Close does not return")
}

// someInterval is one that no fix can guess.
func someInterval(r *rand.Rand) time.Duration {
	unit := []time.Duration{time.Millisecond, time.Second, time.Minute, time.Hour}[r.IntN(4)]
	return unit + time.Duration(r.Int64N(int64(unit)))
}

// Timings are added at any time, and written at the ticks.
func TestWritesAtEveryTick(t *testing.T) {
	random := oracle.Random(t)
	writesAtEveryTick(t, random, someInterval(random), 3+random.IntN(30))
	for every := years - time.Duration(random.Int64N(int64(years/2))); every > time.Microsecond && !t.Failed(); every /= time.Duration(500 + random.IntN(500)) {
		writesAtEveryTick(t, random, every, 3)
	}
	if !t.Failed() {
		ticksDuringWrites(t, random)
		manyTicks(t, random, oracle.Large(t))
	}
}

// years are more than any interval, and few enough for the clock of a bubble.
const years = 10 * 365 * 24 * time.Hour

func writesAtEveryTick(t *testing.T, random *rand.Rand, every time.Duration, ticks int) {
	t.Helper()
	inBubble(t, func(t *testing.T) {
		b := &table{t: t}
		began := time.Now()
		r := tickerflusher.New(every, b.write)
		var want [][]timing
		for k := range ticks {
			list := someTimings(random, random.IntN(4))
			for i, one := range list {
				sleepUntil(began, time.Duration(k)*every+every*time.Duration(i+1)/5)
				add(t, r, []timing{one})
			}
			if len(list) > 0 {
				want = append(want, list)
			}
			sleepUntil(began, time.Duration(k+1)*every-1)
			got, _ := b.written()
			assert.Len(t, got, len(want)-min(len(list), 1), "tick %d has not come yet, and something was written since the one before", k+1)
			sleepUntil(began, time.Duration(k+1)*every+1)
			got, _ = b.written()
			if !assert.Equal(t, want, got, "at every tick, what was added since the one before is written as one batch. Tick %d has just come, and there is one every %v", k+1, every) {
				break
			}
		}
		r.Close()
	})
}

// ticksDuringWrites is about writes that take up to nine tenths of an interval. The next
// tick comes when it would have come without them.
func ticksDuringWrites(t *testing.T, random *rand.Rand) {
	t.Helper()
	inBubble(t, func(t *testing.T) {
		every := someInterval(random)
		began := time.Now()
		var want, got []time.Duration
		takes := every * time.Duration(1+random.IntN(9)) / 10
		r := tickerflusher.New(every, func([]timing) {
			got = append(got, time.Since(began))
			time.Sleep(takes)
		})
		ticks := 3 + random.IntN(10)
		for k := range time.Duration(ticks) {
			sleepUntil(began, k*every+every/20)
			if k < 2 || random.IntN(3) > 0 {
				add(t, r, someTimings(random, 1))
				want = append(want, (k+1)*every)
			}
		}
		sleepUntil(began, time.Duration(ticks)*every+every*19/20)
		r.Close()
		assert.Equal(t, want, got, "each write takes a part of the interval, which is %v. Ticks come in intervals after New, whatever a write takes. "+
			"The times at which batches were written, since New:", every)
	})
}

// manyTicks is about batches that write keeps, and about ticks: more than fit in 8 bits,
// and in 16, if large.
func manyTicks(t *testing.T, random *rand.Rand, large bool) {
	t.Helper()
	sizes := []int{3, 300, 4}
	idle := time.Duration(3)
	if large {
		sizes = append([]int{70_000, 1000, oracle.Beyond(70_000, 200_000)}, slices.Repeat([]int{1}, 300)...)
		idle = time.Duration(oracle.Beyond(1<<16+3, 200_000))
	}
	inBubble(t, func(t *testing.T) {
		every := someInterval(random)
		b := &table{t: t}
		var want []timing
		r := tickerflusher.New(every, b.write)
		time.Sleep(every / 3)
		for k, n := range sizes {
			list := slices.Repeat(someTimings(random, min(n, 1000)), n/1000+1)[:n]
			add(t, r, list)
			want = append(want, list...)
			synctest.Wait()
			assert.Equal(t, k, b.batchesSoFar(), "%d timings were added, and their tick has not come yet: something was written since the last one", n)
			time.Sleep(every)
		}
		time.Sleep(idle * every)
		last := someTimings(random, 2)
		add(t, r, last)
		time.Sleep(every - every/6) // the tick comes two thirds of an interval later
		batches, got := b.written()
		assertSame(t, append(want, last...), got, "Many batches were written, each at its tick. write keeps some of them, and changes others.")
		assert.Len(t, batches, len(sizes)+1, "number of batches: one per tick at which there was something to write")
		r.Close()
	})
}

// sleepUntil sleeps until that long after a moment.
func sleepUntil(began time.Time, after time.Duration) { time.Sleep(time.Until(began.Add(after))) }

// Close does not wait for a tick, and is the end.
func TestCloseIsTheEnd(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		inBubble(t, func(t *testing.T) {
			every := someInterval(random)
			list := someTimings(random, 1+random.IntN(5))
			n := random.IntN(len(list) + 1)
			b := &table{t: t}
			r := tickerflusher.New(every, b.write)
			add(t, r, list[:n])
			time.Sleep(time.Duration(random.IntN(4))*every + every/3)
			add(t, r, list[n:])
			closed := time.Now()
			r.Close()
			assert.Zero(t, time.Since(closed), "Close has nothing to wait for, and has taken this long")
			_, got := b.written()
			assertSame(t, list, got, "Close has returned: every timing must have been written by now.")
			assert.False(t, r.Add(timing{Step: "late"}), "the recorder is closed, and Add has returned true")
			time.Sleep(3 * every)
			_, got = b.written()
			assertSame(t, list, got, "Close has returned three intervals ago.")
		})
	}
}

// However slow a write is, Close waits for it.
func TestCloseWaitsForASlowWrite(t *testing.T) {
	random := oracle.Random(t)
	closedDuringAWrite(t, random)
	slows := []time.Duration{time.Second, 3 * time.Hour, 1000 * 24 * time.Hour}
	if t.Failed() || waitsForALock(t) {
		slows = nil
	}
	for _, slow := range slows {
		inBubble(t, func(t *testing.T) {
			list := someTimings(random, 2)
			b := &table{t: t, before: func(int) { time.Sleep(slow) }}
			every := 10 * slow // so no tick comes during a write
			r := tickerflusher.New(every, b.write)
			atTick := random.IntN(2)
			add(t, r, list[:atTick])
			time.Sleep(every + slow/4)
			add(t, r, list[atTick:])
			closed := time.Now()
			r.Close()
			want := slow
			if atTick > 0 {
				want += slow - slow/4 // what is left of the write that the tick has begun
			}
			assert.Equal(t, want, time.Since(closed), "every write takes %v, and Close must return when the last one has returned", slow)
			_, got := b.written()
			assertSame(t, list, got, "Close has returned.")
			if t.Failed() {
				time.Sleep(4 * slow) // until the last write has returned
			}
		})
		if t.Failed() {
			break // a fix that polls would do so for very long
		}
	}
}

// closedDuringAWrite is about a Close that is called while a write is under way.
func closedDuringAWrite(t *testing.T, random *rand.Rand) {
	t.Helper()
	inBubble(t, func(t *testing.T) {
		list := someTimings(random, 2+random.IntN(20))
		every := someInterval(random)
		var r *tickerflusher.Recorder
		closed := make(chan struct{})
		b := &table{t: t}
		b.before = func(n int) {
			if n > 0 {
				return
			}
			add(t, r, list[1:])
			var over atomic.Bool
			go func() {
				r.Close()
				over.Store(true)
				close(closed)
			}()
			for range 100 {
				runtime.Gosched()
			}
			assert.False(t, over.Load(), "Close has returned, and a call of write has not")
		}
		r = tickerflusher.New(every, b.write)
		add(t, r, list[:1])
		<-closed
		assert.False(t, b.busy(), "Close has returned, and a call of write has not")
		_, got := b.written()
		assertSame(t, list, got, "Close was called during a write, and has returned.")
	})
}

// Two recorders, of which one is closed.
func TestRecordersAreIndependent(t *testing.T) {
	random := oracle.Random(t)
	inBubble(t, func(t *testing.T) {
		every := someInterval(random)
		here, there := &table{t: t}, &table{t: t}
		list := someTimings(random, 6)
		first, second := tickerflusher.New(every, here.write), tickerflusher.New(every+1, there.write)
		add(t, first, list[:1])
		add(t, second, list[1:2])
		first.Close()
		add(t, second, list[2:3])
		time.Sleep(2 * every)
		_, got := there.written()
		assertSame(t, list[1:3], got, "Another recorder was closed, and this one has had a tick.")
		add(t, second, list[3:4])
		third := tickerflusher.New(every, here.write)
		add(t, third, list[4:])
		second.Close()
		third.Close()
		_, got = there.written()
		assertSame(t, list[1:4], got, "Of three recorders, the second was closed.")
		_, got = here.written()
		assertSame(t, slices.Concat(list[:1], list[4:]), got, "Of three recorders, the first and the third were closed.")
	})
	many := 3 + random.IntN(20)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	if !t.Failed() {
		sameInterval(t, random)
		manyRecorders(t, random, many)
	}
}

// sameInterval is about two recorders whose intervals are equally long, and do not begin at
// the same time.
func sameInterval(t *testing.T, random *rand.Rand) {
	t.Helper()
	inBubble(t, func(t *testing.T) {
		every := someInterval(random)
		began := time.Now()
		slow := &table{t: t, before: func(int) { time.Sleep(every * 3 / 4) }}
		first := tickerflusher.New(every, slow.write)
		add(t, first, someTimings(random, 1))
		later := every * time.Duration(1+random.IntN(9)) / 10
		sleepUntil(began, later)
		var got []time.Duration
		second := tickerflusher.New(every, func([]timing) { got = append(got, time.Since(began)-later) })
		add(t, second, someTimings(random, 1))
		sleepUntil(began, 2*every-1)
		second.Close()
		first.Close()
		assert.Equal(t, []time.Duration{every}, got, "the write of another recorder, with the same interval of %v, is slow. "+
			"This one was made %v later. The times at which it has written, since its New:", every, later)
	})
}

// manyRecorders is about something that each recorder leaves, and that does not show if
// there are few: inBubble looks for it.
func manyRecorders(t *testing.T, random *rand.Rand, many int) {
	t.Helper()
	inBubble(t, func(t *testing.T) {
		every := someInterval(random)
		b := &table{t: t}
		one := someTimings(random, 1)
		recorders := make([]*tickerflusher.Recorder, many)
		for i := range recorders {
			recorders[i] = tickerflusher.New(every, b.write)
			add(t, recorders[i], one)
		}
		for _, r := range recorders {
			r.Close()
		}
		_, got := b.written()
		assertSame(t, slices.Repeat(one, many), got, fmt.Sprintf("Each of %d recorders was closed with one timing left.", many))
	})
}

// One recorder's write does not return before the other is closed.
func TestSlowWriteDelaysNoOther(t *testing.T) {
	slow, quick := &table{t: t}, &table{t: t}
	begun, goOn := make(chan struct{}), make(chan struct{})
	slow.before = func(int) { close(begun); <-goOn }
	oracle.Within(t, func() {
		first := tickerflusher.New(time.Millisecond, slow.write)
		first.Add(timing{Step: "slow"})
		<-begun
		second := tickerflusher.New(aLongTime, quick.write)
		second.Add(timing{Step: "quick"})
		second.Close()
		close(goOn)
		first.Close()
	}, "the write of one recorder is slow, and another recorder waits for it")
	for step, b := range map[string]*table{"slow": slow, "quick": quick} {
		_, got := b.written()
		assertSame(t, []timing{{Step: step}}, got, fmt.Sprintf("The recorder with the %s table was closed.", step))
	}
	many := 20 + oracle.Random(t).IntN(20)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	if !t.Failed() {
		oracle.Within(t, func() { manySlow(many) }, fmt.Sprintf("%d recorders write at the same time, and one waits for the others", many))
	}
}

// manySlow has recorders whose writes return when all of them have begun.
func manySlow(many int) {
	all := oracle.NewMeeting(many)
	oracle.Together(many, func(int) {
		r := tickerflusher.New(aLongTime, func([]timing) { all.Arrive() })
		r.Add(timing{Step: "slow"})
		r.Close()
	})
}

// waitsForALock reports whether, when Close is called during a slow write, a goroutine
// waits for a lock that the write's goroutine unlocks. That is as right as any other way, but in a bubble no time passes meanwhile,
// so no write may sleep there.
func waitsForALock(t *testing.T) (lock bool) {
	t.Helper()
	oracle.Within(t, func() {
		oracle.Bubble(t, func(t *testing.T) {
			goOn, closed := make(chan struct{}), make(chan struct{})
			r := tickerflusher.New(time.Second, func([]timing) { <-goOn })
			r.Add(timing{})
			time.Sleep(time.Second + 1)
			r.Add(timing{})
			go func() {
				r.Close()
				close(closed)
			}()
			lock = oracle.Settled()
			close(goOn)
			<-closed
			synctest.Wait()
		})
	}, "a write is slow, and Add waits for it, or Close does not return afterwards")
	return lock
}
