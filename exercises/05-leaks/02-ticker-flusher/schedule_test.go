package tickerflusher_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/02-ticker-flusher"
	"heisenkata/exercises/internal/oracle"
)

// A job has one step, and is over before the first tick.
func TestScheduleOneStep(t *testing.T) {
	b := &table{t: t}
	r := tickerflusher.New(aLongTime, b.write)
	only := []timing{{Step: "compile", Took: time.Second}}
	r.Add(only[0])
	r.Close()
	_, written := b.written()
	assertSame(t, only, written, "A short job is over, and Close has returned. Its timing must have been written by now.")
}

// The last step of a job ends while another goroutine closes the recorder.
func TestScheduleAddMeetsClose(t *testing.T) {
	b := &table{t: t}
	r := tickerflusher.New(aLongTime, b.write)
	last := timing{Step: "test", Took: time.Second}
	added := false
	var group sync.WaitGroup
	group.Go(func() { added = r.Add(last) })
	r.Close()
	_, written := b.written()
	group.Wait()
	_, later := b.written()
	assertSame(t, written, later, "Something was written after Close had returned.")
	if added {
		assertSame(t, []timing{last}, later, "Add has returned true while another goroutine called Close, and both have returned.")
	} else {
		assert.Empty(t, later, "Add has returned false while another goroutine called Close: nothing was added")
	}
}

// The last write takes until a call of Add in another goroutine has returned.
func TestScheduleAddMeetsLastWrite(t *testing.T) {
	returned := make(chan bool)
	r := tickerflusher.New(aLongTime, func([]timing) { <-returned })
	r.Add(timing{Step: "compile", Took: time.Second})
	oracle.Within(t, func() {
		var group sync.WaitGroup
		group.Go(func() {
			r.Add(timing{Step: "test", Took: time.Second})
			close(returned)
		})
		r.Close()
		group.Wait()
	}, "the last write is under way, and a call of Add does not return")
}

// Two goroutines close a recorder. The one that comes second must wait for the write, too.
func TestScheduleTwoClose(t *testing.T) {
	b := &table{t: t}
	r := tickerflusher.New(aLongTime, b.write)
	only := []timing{{Step: "compile", Took: time.Second}}
	r.Add(only[0])
	close := func() {
		r.Close()
		_, written := b.written()
		assertSame(t, only, written, "Two goroutines call Close, and for one of them it has returned.")
	}
	var group sync.WaitGroup
	group.Go(close)
	close()
	group.Wait()
}

// A job ends at a tick, which then sets no timer for the next one. In every other schedule
// the last step ends before the tick, and then there may be some more to do until it comes.
func TestScheduleTickMeetsClose(t *testing.T) {
	b := &table{t: t}
	r := tickerflusher.New(every, b.write)
	both := []timing{{Step: "compile", Took: time.Second}, {Step: "link", Took: time.Minute}}
	r.Add(both[0])
	if rand.IntN(2) == 0 {
		time.Sleep(every)
		r.Add(both[1])
	} else {
		r.Add(both[1])
		time.Sleep(every - every/100)
		for range rand.IntN(20) {
			runtime.Gosched()
		}
	}
	r.Close()
	assert.False(t, b.busy(), "Close has returned, and a call of write has not")
	_, written := b.written()
	assertSame(t, both, written, "A tick came while a recorder was being closed, and Close has returned.")
	oracle.AssertStartsNothing(t, every, "A tick came while a recorder was being closed, and Close has returned.")
}

// A write takes so long that ticks come meanwhile, and these may wait for it. After that,
// ticks come at their times again. Only under the explorer does time pass while they wait
// for a lock: natively, the write takes a part of the interval.
func TestScheduleTicksAfterASlowWrite(t *testing.T) {
	returned := every + every/2
	if oracle.TimePassesLocks() {
		returned = 3*every + every/2
	}
	next := returned + every/2
	oracle.Bubble(t, func(t *testing.T) {
		began := time.Now()
		var mu sync.Mutex
		var got []time.Duration
		r := tickerflusher.New(every, func([]timing) {
			mu.Lock()
			got = append(got, time.Since(began))
			first := len(got) == 1
			mu.Unlock()
			if first {
				sleepUntil(began, returned)
			}
		})
		r.Add(timing{Step: "compile", Took: time.Second})
		sleepUntil(began, returned+every/4)
		r.Add(timing{Step: "test", Took: time.Minute})
		sleepUntil(began, next+every/4)
		r.Close()
		mu.Lock()
		defer mu.Unlock()
		assert.Equal(t, []time.Duration{every, next}, got, "There is a tick every %v. The first write has returned %v after New, and a timing was added %v later, between two ticks. "+
			"The times at which batches were written, since New:", every, returned, every/4)
	})
}
