package sched

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/search"
)

// explore runs f under n schedules and returns the first result with a finding.
func explore(t *testing.T, s search.Strategy, n int, f func()) (Result, int) {
	for i := range n {
		if !s.Begin(i) {
			return Result{}, i
		}
		r := Run(t, s, Options{Limits: Limits{Slip: true}}, f)
		s.End(r.Steps)
		if r.Finding != nil {
			return r, i + 1
		}
	}
	return Result{}, n
}

// increments is two goroutines that each add one in two steps, hidden from the
// race detector.
//
//go:norace
func increments() {
	n := 0
	done := make(chan int, 2)
	for range 2 {
		Go(1, func() { addSlowly(&n); (&SendOp[int]{C: done}).Do(2, 1) })
	}
	Recv(3, done)
	Recv(4, done)
	if load(&n) != 2 {
		Report(Wrong, "an increment is lost")
	}
}

//go:norace
func load(n *int) int { return *n }

//go:norace
func addSlowly(n *int) {
	P(5)
	v := *n
	P(6)
	*n = v + 1
}

func TestLostIncrementIsFound(t *testing.T) {
	r, n := explore(t, search.New(1), 200, increments)
	require.NotNil(t, r.Finding)
	assert.Equal(t, Wrong, r.Finding.Kind)
	assert.Less(t, n, 50)
}

// What gives up after fifty tries is found, if there are enough others in its way.
func TestGivingUpIsFound(t *testing.T) {
	r, _ := explore(t, search.New(1), 400, func() {
		n, done := 0, make(chan int, 2)
		Go(1, func() { (&SendOp[int]{C: done}).Do(2, swap(&n, 50)) })
		Go(3, func() { (&SendOp[int]{C: done}).Do(4, swaps(&n, 300)) })
		if Recv(5, done) < 0 || Recv(6, done) < 0 {
			panic("gave up")
		}
	})
	require.NotNil(t, r.Finding)
	assert.Equal(t, "gave up", r.Finding.Text)
}

// swap adds one, unless others have done so meanwhile in each of its tries.
//
//go:norace
func swap(n *int, tries int) int {
	for range tries {
		P(7)
		v := *n
		if P(8); *n == v {
			*n = v + 1
			return 1
		}
	}
	return -1
}

func swaps(n *int, times int) int {
	for range times {
		swap(n, 1000)
	}
	return 1
}

func TestReplayRunsTheSameSteps(t *testing.T) {
	found, _ := explore(t, search.New(1), 200, increments)
	require.NotNil(t, found.Finding)
	for range 50 {
		s := search.NewReplay(found.Schedule.Choices)
		s.Begin(0)
		r := Run(t, s, Options{Limits: Limits{Slip: true}}, increments)
		require.NotNil(t, r.Finding)
		assert.Equal(t, found.Finding.Text, r.Finding.Text)
		assert.Equal(t, found.Schedule.Sum, r.Schedule.Sum)
	}
}

func TestMinimiseKeepsTheFinding(t *testing.T) {
	found, _ := explore(t, search.Named(3, "random"), 200, increments)
	require.NotNil(t, found.Finding)
	w := &worker{t: t}
	small := w.minimise(Test{Run: increments}, found)
	require.NotNil(t, small.Finding)
	assert.Equal(t, Wrong, small.Finding.Kind)
	assert.LessOrEqual(t, len(turns(small)), 2, small.Schedule.String())
}

// A goroutine that waits forever is a deadlock before the test ends, and a leak
// after it.
func TestDeadlockAndLeak(t *testing.T) {
	r, _ := explore(t, search.New(1), 1, func() { Recv(1, make(chan int)) })
	require.NotNil(t, r.Finding)
	assert.Equal(t, Deadlock, r.Finding.Kind)
	require.Len(t, r.Finding.Waiting, 1)
	assert.Equal(t, "receive", r.Finding.Waiting[0].Op)

	r, _ = explore(t, search.New(1), 1, func() {
		c := make(chan int)
		Go(1, func() { Recv(2, c) })
	})
	require.NotNil(t, r.Finding)
	assert.Equal(t, Leak, r.Finding.Kind)
}

// A timer that was stopped is due before a long sleep ends.
func TestLongSleepIsNoDeadlock(t *testing.T) {
	res, _ := explore(t, search.New(1), 10, func() {
		StopTimer(NewTimer(time.Minute))
		Sleep(3 * time.Hour)
	})
	assert.Nil(t, res.Finding)
}

func TestPanicInAGoroutine(t *testing.T) {
	r, _ := explore(t, search.New(1), 1, func() { Go(1, func() { panic("boom") }) })
	require.NotNil(t, r.Finding)
	assert.Equal(t, Panic, r.Finding.Kind)
	assert.Equal(t, "boom", r.Finding.Text)
}

// Time passes only by a choice while any goroutine can run, so a sleep loses against
// work in some schedules only.
func TestSlip(t *testing.T) {
	orders := map[string]bool{}
	s := search.New(1)
	for i := range 100 {
		s.Begin(i)
		var order writer
		r := Run(t, s, Options{Limits: Limits{Slip: true}}, func() {
			done := make(chan int, 1)
			Go(1, func() {
				for range 5 {
					P(2)
				}
				order.put('w')
				(&SendOp[int]{C: done}).Do(3, 1)
			})
			Sleep(time.Millisecond)
			order.put('s')
			Recv(4, done)
		})
		s.End(r.Steps)
		orders[string(order.text[:])] = true
	}
	assert.Equal(t, map[string]bool{"ws": true, "sw": true}, orders)
}

type writer struct {
	text [2]byte
	n    int
}

//go:norace
func (w *writer) put(b byte) { w.text[w.n] = b; w.n++ }

// A spinning goroutine starves no other, whatever the strategy.
func TestFairness(t *testing.T) {
	strategies := map[string]search.Strategy{"rotation": search.New(1), "delays": &search.Delays{Bound: 1}, "replay": search.NewReplay(nil)}
	for name := range strings.SplitSeq("random,sticky,pct2,pct3,pos,surw,places,orders,starving", ",") {
		strategies[name] = search.Named(1, name)
	}
	for name, s := range strategies {
		for i := range 20 {
			if !s.Begin(i) {
				break
			}
			r := Run(t, s, Options{Limits: Limits{Slip: true}}, func() {
				stop := false
				for range 2 {
					Go(1, func() { spin(&stop) })
				}
				P(3)
				set(&stop)
			})
			s.End(r.Steps)
			require.Nil(t, r.Finding, "%s: %+v", name, r.Finding)
			assert.Less(t, r.Steps, 10_000, name)
		}
	}
}

//go:norace
func spin(stop *bool) {
	for !*stop {
		Yield(2)
	}
}

//go:norace
func set(stop *bool) { *stop = true }

// With no delay there is one schedule; with more there are more, and an end.
func TestExhaustive(t *testing.T) {
	count := func(bound int) (n int, found bool) {
		s := &search.Delays{Bound: bound}
		for s.Begin(n) {
			r := Run(t, s, Options{}, increments)
			s.End(r.Steps)
			n++
			found = found || r.Finding != nil
			if n > 10_000 {
				break
			}
		}
		return n, found
	}
	none, found := count(0)
	assert.Equal(t, 1, none)
	assert.False(t, found)
	one, _ := count(1)
	two, found := count(2)
	assert.Greater(t, one, none)
	assert.Greater(t, two, one)
	assert.True(t, found, "a lost increment needs no more than two delays")
}

func TestResetRunsInitialisersAgain(t *testing.T) {
	defer func() { packages, madeFor = nil, nil }()
	packages, madeFor = nil, nil
	ran, once := 0, 1 // the process's own start was the first time
	OnReset("p", 2, func() { ran *= 10 })
	OnReset("p", 0, func() { ran++ })
	OnReset("q", 0, func() {
		if once++; once > 1 {
			panic("registered twice")
		}
	})
	for range 3 {
		r := Run(t, search.NewReplay(nil), Options{}, func() {})
		require.Nil(t, r.Finding)
	}
	assert.Equal(t, 1110, ran)
	assert.Equal(t, 2, once, "what cannot run twice is not tried again")
}

// What an init function that cannot run twice has to do with stays as it was at first.
func TestResetKeepsWhatCannotBeMadeAgain(t *testing.T) {
	defer func() { packages, madeFor = nil, nil }()
	packages, madeFor = nil, nil
	registered, table, other, runs := true, []int{1}, 5, 0
	OnReset("p", 1_000_000, func() {
		table = nil
		if runs++; registered {
			panic("registered twice")
		}
	}, &table, &registered)
	OnReset("p", 0, func() { table = make([]int, 1) }, &table)
	OnReset("p", 1, func() { other = 5 }, &other)
	for range 3 {
		r := Run(t, search.NewReplay(nil), Options{}, func() {
			assert.Equal(t, []int{1}, table)
			assert.Equal(t, 5, other)
			other++
		})
		require.Nil(t, r.Finding)
	}
	assert.Equal(t, 1, runs)
}

// What another test alone can reach is left as it is.
func TestResetOfOneTest(t *testing.T) {
	defer func() { packages, madeFor = nil, nil }()
	packages, madeFor = nil, nil
	mine, other, both := 0, 0, 0
	OnReset("p", 0, func() { mine++ }).For("TestMine")
	OnReset("p", 1, func() { other++ }).For("TestOther")
	OnReset("p", 2, func() { both++ })
	OnReset("p", 3, func() { other++ }).For()
	for range 3 {
		require.Nil(t, Run(t, search.NewReplay(nil), Options{Test: "TestMine"}, func() {}).Finding)
	}
	require.Nil(t, Run(t, search.NewReplay(nil), Options{Test: "TestOther"}, func() {}).Finding)
	assert.Equal(t, []int{3, 1, 4}, []int{mine, other, both})
}

// Random numbers are the schedule's.
func TestRandom(t *testing.T) {
	draw := func(seed uint64) (n uint64, r Result) {
		r = Run(t, search.NewReplay(nil), Options{Random: seed}, func() { n = Random() })
		return n, r
	}
	a, r := draw(7)
	b, _ := draw(7)
	c, _ := draw(8)
	assert.Equal(t, a, b)
	assert.NotEqual(t, a, c)
	assert.EqualValues(t, 7, r.Schedule.Random)
}

// In a bubble of the test's own, time passes only when all goroutines wait, also if that
// takes them many steps.
func TestManyStepsTakeNoTimeInABubbleOfTheTest(t *testing.T) {
	found, _ := explore(t, search.New(1), 20, func() {
		defer Still()()
		began, timer := time.Now(), NewTimer(time.Millisecond)
		done := []chan bool{make(chan bool), make(chan bool), make(chan bool)}
		for i := range done {
			Go(0, func() {
				for range 400 {
					P(0)
				}
				Close(0, done[i])
			})
		}
		for i := range done {
			Recv(0, done[i])
		}
		assert.Zero(t, time.Since(began))
		Recv(0, timer.C)
		assert.Equal(t, time.Millisecond, time.Since(began))
	})
	assert.Nil(t, found.Finding)
}

func TestKeys(t *testing.T) {
	type pair struct {
		a string
		b int
	}
	few, many := map[pair]bool{{"b", 1}: true, {"a", 2}: true, {"a", 1}: true}, map[pair]int{}
	for i := range 40 {
		many[pair{"x", i}] = i
	}
	drawn := func(seed uint64) (small, large []pair) {
		r := Run(t, search.NewReplay(nil), Options{Random: seed}, func() { small, large = Keys(few), Keys(many) })
		assert.True(t, r.Drawn)
		assert.Equal(t, seed, r.Schedule.Random)
		return small, large
	}
	began, shuffled := map[pair]int{}, map[pair]int{}
	for seed := range uint64(300) {
		small, large := drawn(seed)
		again, largeAgain := drawn(seed)
		assert.Equal(t, small, again)
		assert.Equal(t, large, largeAgain)
		assert.Len(t, large, 40)
		assert.Subset(t, many, map[pair]int{large[0]: large[0].b})
		began[small[0]]++
		shuffled[large[0]]++
		// Go's own order of a small map is that in which its entries were put in.
		next := map[pair]pair{{"b", 1}: {"a", 2}, {"a", 2}: {"a", 1}, {"a", 1}: {"b", 1}}
		assert.Equal(t, next[small[0]], small[1])
		assert.Equal(t, next[small[1]], small[2])
	}
	assert.Len(t, began, 3)
	assert.Greater(t, len(shuffled), 30)
	small, large := drawn(0)
	assert.Equal(t, pair{"a", 1}, small[0])
	assert.True(t, slices.IsSortedFunc(large, compareKeys))
	assert.Equal(t, []any{nil}, Keys(map[any]int{nil: 1}))
}

// What Go says of its maps, it is to say in each version that is in use: whether a map
// is small stands in no documentation.
func TestSmallMaps(t *testing.T) {
	m := map[int]int{}
	for i := range 9 {
		assert.Equal(t, i <= 8 && len(m) <= 8, small(*(*unsafe.Pointer)(unsafe.Pointer(&m))), i)
		m[i] = i
	}
	assert.False(t, small(*(*unsafe.Pointer)(unsafe.Pointer(&m))), "of nine")
	clear(m)
	m[1] = 1
	assert.False(t, small(*(*unsafe.Pointer)(unsafe.Pointer(&m))), "which was larger")
}
