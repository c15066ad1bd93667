package tickerflusher_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/02-ticker-flusher"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// aLongTime is an interval whose first tick no test sees.
const aLongTime = time.Hour

type timing = tickerflusher.Timing

// A table is what batches are written to.
type table struct {
	t      testing.TB
	before func(n int) // if set, called before batch n is stored; the first is 0

	mu      sync.Mutex
	batches [][]timing
	writing int
}

// write keeps the batch, or stores a copy and overwrites it: the batch is its own.
func (b *table) write(batch []timing) {
	n := b.begin()
	if b.before != nil {
		b.before(n)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.writing--
	if len(batch) == 0 {
		b.t.Error("write was called with an empty batch")
	}
	if n%2 == 0 {
		b.batches = append(b.batches, batch)
		return
	}
	b.batches = append(b.batches, slices.Clone(batch))
	batch = batch[:cap(batch)]
	for i := range batch {
		batch[i] = timing{Step: "overwritten by write, which owns the batch", Took: -1}
	}
}

func (b *table) begin() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.writing++; b.writing > 1 {
		b.t.Error("write was called while another call of write had not returned")
	}
	return len(b.batches)
}

// written returns all batches so far, and all of their timings.
func (b *table) written() (batches [][]timing, all []timing) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.batches), slices.Concat(b.batches...)
}

func (b *table) batchesSoFar() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.batches)
}

// busy reports whether a call of write has not returned.
func (b *table) busy() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.writing > 0
}

// steps may be any strings.
var steps = []string{
	"compile", "link", "test", "", "Test", "test\n", " test", "\x00", "\xff", "Aa", "BB",
	strings.Repeat("a", 300) + "b", strings.Repeat("a", 300) + "c",
}

// someTimings are some that look alike, some that are equal, and odd ones.
func someTimings(r *rand.Rand, n int) []timing {
	steps := append(slices.Clip(steps), fmt.Sprint("step ", r.IntN(1000)))
	list := make([]timing, n)
	for i := range list {
		list[i] = timing{Step: steps[r.IntN(len(steps))], Took: time.Duration(life.Size(r, 1<<50))}
		switch r.IntN(8) {
		case 0:
			list[i].Took = 0
		case 1:
			list[i].Took = -list[i].Took
		case 2:
			list[i] = list[r.IntN(i+1)]
		case 3:
			list[i].Took = []time.Duration{math.MinInt64, math.MaxInt64}[r.IntN(2)]
		}
	}
	return list
}

// add adds all of them, none of which the recorder may refuse.
func add(t testing.TB, r *tickerflusher.Recorder, list []timing) {
	t.Helper()
	for _, one := range list {
		if !assert.True(t, r.Add(one), "the recorder is not closed, and Add has returned false") {
			return
		}
	}
}

// assertSame fails t unless got are the timings in want. Long lists are not printed.
func assertSame(t testing.TB, want, got []timing, story string) {
	t.Helper()
	switch {
	case slices.Equal(want, got):
	case len(want)+len(got) < 20:
		t.Errorf("%s\n  added:   %v\n  written: %v", story, want, got)
	case len(want) != len(got):
		t.Errorf("%s\n%d timings were added, and %d written", story, len(want), len(got))
	default:
		t.Errorf("%s\n%d timings were added. As many were written, but not the same ones in the same order", story, len(want))
	}
}

// A job is over before the first tick.
func TestShortJob(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{1, 2 + random.IntN(5), 20 + random.IntN(100)}
	if oracle.Large(t) {
		sizes = append(sizes, oracle.Many(), 70000)
	}
	for _, n := range sizes {
		b := &table{t: t}
		list := someTimings(random, n)
		oracle.Within(t, func() {
			r := tickerflusher.New(aLongTime, b.write)
			add(t, r, list)
			r.Close()
		}, "a job is over, and Close does not return")
		batches, all := b.written()
		assertSame(t, list, all, fmt.Sprintf("A job has taken less time than the interval. Close has returned, and statistics need each of its timings: "+
			"they must have been written by now. Timings recorded: %d", n))
		if len(all) > 0 {
			assert.Len(t, batches, 1, "what is left when a recorder is closed is one batch")
		}
		if t.Failed() {
			return
		}
	}
}

// A job that has recorded nothing.
func TestNothingToWrite(t *testing.T) {
	b := &table{t: t}
	oracle.Within(t, func() { tickerflusher.New(aLongTime, b.write).Close() }, "nothing was added, and Close does not return")
	batches, _ := b.written()
	assert.Empty(t, batches, "nothing was added, and something was written")
}

// A write that takes longer than the interval, in real time.
func TestSlowWrite(t *testing.T) {
	random := oracle.Random(t)
	n := 100
	if oracle.Large(t) {
		n = 70000
	}
	begun, goOn, second := make(chan struct{}), make(chan struct{}), make(chan struct{})
	list := someTimings(random, n)
	b := &table{t: t}
	b.before = func(k int) {
		switch k {
		case 0:
			close(begun)
			<-goOn
		case 1:
			close(second)
		}
	}
	oracle.Within(t, func() {
		r := tickerflusher.New(time.Millisecond, b.write)
		add(t, r, list[:1])
		<-begun
		add(t, r, list[1:])
		time.Sleep(3 * time.Millisecond)
		close(goOn)
		<-second
		r.Close()
	}, "a write is slow, and either Add waits for it, or what was added meanwhile is not written at the next tick")
	_, got := b.written()
	assertSame(t, list, got, "Timings were added while a write took longer than the interval, and Close has returned.")
}

// What write adds itself, such as how long the last write took.
func TestWriteMayAdd(t *testing.T) {
	for _, every := range []time.Duration{time.Millisecond, aLongTime} {
		var r *tickerflusher.Recorder
		var mu sync.Mutex
		want := []timing{{Step: "compile", Took: time.Second}}
		added := make(chan struct{})
		b := &table{t: t}
		b.before = func(n int) {
			if n > 0 {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if one := (timing{Step: "write", Took: time.Minute}); r.Add(one) {
				want = append(want, one)
			}
			close(added)
		}
		oracle.Within(t, func() {
			mu.Lock()
			r = tickerflusher.New(every, b.write)
			mu.Unlock()
			r.Add(want[0])
			if every < aLongTime {
				<-added
			}
			r.Close()
		}, "write has called Add, and a call does not return. What does Add wait for, and what does that wait for?")
		_, got := b.written()
		assertSame(t, want, got, "write has called Add for its first batch, and Close has returned.")
	}
	if !t.Failed() {
		assertOneLastBatch(t, time.Millisecond)
		assertOneLastBatch(t, aLongTime)
	}
}

// assertOneLastBatch has a write that calls Add each time, which adds nothing once the
// recorder is closed: there is one batch more.
func assertOneLastBatch(t *testing.T, every time.Duration) {
	t.Helper()
	var r *tickerflusher.Recorder
	var mu sync.Mutex
	accepted := 0
	several := make(chan struct{})
	b := &table{t: t}
	b.before = func(n int) {
		mu.Lock()
		defer mu.Unlock()
		if n < 1000 && r.Add(timing{Step: "write"}) { // or a fix might write until the memory is full
			accepted++
		}
		if n == 3 {
			close(several)
		}
	}
	oracle.Within(t, func() {
		mu.Lock()
		r = tickerflusher.New(every, b.write)
		mu.Unlock()
		r.Add(timing{Step: "compile"})
		if every < aLongTime {
			<-several
		}
		r.Close()
	}, "each write calls Add, and Close does not return. When is the recorder closed?")
	batches, all := b.written()
	assert.Len(t, all, 1+accepted, "each write has called Add, which has returned true %d times; there was 1 timing more", accepted)
	if every == aLongTime {
		assert.Len(t, batches, 1, "each write calls Add. What is left when a recorder is closed is one batch, and an Add that comes later is refused")
	}
}

// Close may be called again, and at the same time.
func TestClosedTwice(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{1, 2, 20 + random.IntN(20)}
	if oracle.Large(t) {
		sizes = append(sizes, oracle.Many())
	}
	for _, callers := range sizes {
		list := someTimings(random, 1+random.IntN(30))
		b := &table{t: t, before: func(int) { time.Sleep(2 * time.Millisecond) }} // until all have called Close
		oracle.Within(t, func() {
			r := tickerflusher.New(aLongTime, b.write)
			add(t, r, list)
			oracle.Together(callers, func(int) {
				r.Close()
				if t.Failed() {
					return // one failure says it
				}
				_, all := b.written()
				assertSame(t, list, all, "A call of Close has returned. Even if it was not the first call, everything must be written.")
				assert.False(t, r.Add(timing{}), "Close has returned, and Add has returned true")
			})
			for range 300 {
				r.Close()
			}
			assert.False(t, r.Add(timing{Step: "late"}), "Close has returned, and Add has returned true")
		}, "a recorder is closed more than once, and a call does not return")
		_, all := b.written()
		assertSame(t, list, all, "A recorder was closed more than once.")
		if t.Failed() {
			return
		}
	}
}

// Several goroutines add while another closes.
func TestClosedWhileOthersAdd(t *testing.T) {
	random := oracle.Random(t)
	for k := range 9 {
		const adders = 3
		b := &table{t: t}
		r := tickerflusher.New([]time.Duration{100 * time.Microsecond, time.Millisecond, aLongTime}[k%3], b.write)
		added := [adders][]timing{{{Step: "0", Took: -1}}}
		add(t, r, added[0])
		most := random.IntN(200)
		oracle.Within(t, func() {
			oracle.Together(adders+1, func(i int) {
				if i == adders {
					for range most {
						runtime.Gosched()
					}
					r.Close()
					return
				}
				for n := range 200 {
					one := timing{Step: fmt.Sprint(i), Took: time.Duration(n)}
					if r.Add(one) {
						added[i] = append(added[i], one)
					}
				}
			})
		}, "a recorder is closed while others add, and a call does not return")
		_, all := b.written()
		for i, want := range added {
			got := slices.DeleteFunc(slices.Clone(all), func(one timing) bool { return one.Step != fmt.Sprint(i) })
			assertSame(t, want, got, "Several goroutines have added timings while another called Close. This is about those of one of them.")
		}
	}
	many := 20 + random.IntN(20)
	if oracle.Large(t) {
		many = oracle.Many()
	}
	if !t.Failed() {
		manyAdd(t, many)
	}
}

// manyAdd is about so many goroutines that add one timing each.
func manyAdd(t *testing.T, many int) {
	t.Helper()
	b := &table{t: t}
	oracle.Within(t, func() {
		r := tickerflusher.New(aLongTime, b.write)
		oracle.Together(many, func(i int) { add(t, r, []timing{{Took: time.Duration(i)}}) })
		r.Close()
	}, "many goroutines add a timing each, and a call does not return")
	_, all := b.written()
	slices.SortFunc(all, func(a, b timing) int { return int(a.Took - b.Took) })
	want := make([]timing, many)
	for i := range want {
		want[i].Took = time.Duration(i)
	}
	assertSame(t, want, all, "Many goroutines have added one timing each, and Close has returned.")
}
