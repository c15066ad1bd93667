package sensorsweep_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/04-joining/01-sensor-sweep"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// bubble runs fn in virtual time. A bubble does not notice a goroutine that waits
// for a lock, so the watchdog is outside.
func bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() { oracle.Bubble(t, fn) }, "a sweep hangs, though all of its sensors were to answer")
}

// A room has sensors, and knows what each of them returns.
type room struct {
	sensors []sensorsweep.Sensor
	want    []sensorsweep.Reading
	asked   []atomic.Int64
	silent  atomic.Int64 // sensors that have not answered yet
}

// newRoom has n sensors. Each calls wait before it answers.
func newRoom(r *rand.Rand, n int, wait func(i int)) *room {
	m := &room{want: make([]sensorsweep.Reading, n), asked: make([]atomic.Int64, n)}
	m.silent.Store(int64(n))
	for i := range n {
		m.want[i] = someReading(r)
		m.sensors = append(m.sensors, func() (float64, error) {
			m.asked[i].Add(1)
			defer m.silent.Add(-1)
			wait(i)
			return m.want[i].Celsius, m.want[i].Err
		})
	}
	return m
}

// someReading is a temperature, or an error, or both.
func someReading(r *rand.Rand) sensorsweep.Reading {
	numbers := []float64{20 + 10*r.Float64(), -273.15, 0, math.Copysign(0, -1), math.Inf(1), math.Float64frombits(0x7ff8000000000000 | r.Uint64N(1<<51))} // and one of the many that are no number
	got := sensorsweep.Reading{Celsius: numbers[r.IntN(len(numbers))]}
	switch r.IntN(5) {
	case 0:
		got.Err = life.Trouble(r, "no answer from the sensor")
	case 1:
		got.Err = life.Known(r)
	}
	return got
}

// sweep sweeps a room, and checks what can be checked as soon as Sweep returns.
func (m *room) sweep(t *testing.T) []sensorsweep.Reading {
	t.Helper()
	sensors := slices.Clone(m.sensors)
	got := sensorsweep.Sweep(sensors)
	assert.Zero(t, m.silent.Load(), "Sweep has returned, and this many of %d sensors have not answered", len(m.sensors))
	m.assertRead(t, got)
	for i := range m.asked {
		assert.EqualValues(t, 1, m.asked[i].Load(), "sensor %d of %d is to be asked once", i, len(m.asked))
	}
	m.assertUnchanged(t, sensors)
	return got
}

// assertUnchanged fails t unless the slice has the sensors of the room.
func (m *room) assertUnchanged(t *testing.T, sensors []sensorsweep.Sensor) {
	t.Helper()
	for i := range sensors {
		if pointer(&sensors[i]) != pointer(&m.sensors[i]) {
			assert.Fail(t, "the slice has changed", "Sweep has changed the slice of its caller at %d", i)
			return
		}
	}
}

// pointer tells sensors apart: functions cannot be compared.
func pointer(s *sensorsweep.Sensor) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(s)) }

// assertRead fails t unless got is what the sensors returned.
func (m *room) assertRead(t testing.TB, got []sensorsweep.Reading) {
	t.Helper()
	if !assert.Len(t, got, len(m.want), "there is one reading per sensor") {
		return
	}
	for i, want := range m.want {
		if !same(want, got[i]) {
			assert.Fail(t, "wrong reading", "sensor %d of %d returned %v, and its reading is %v", i, len(m.want), want, got[i])
			return
		}
	}
}

// same compares what a sensor has returned, bit by bit.
func same(a, b sensorsweep.Reading) bool {
	return math.Float64bits(a.Celsius) == math.Float64bits(b.Celsius) && oracle.SameError(a.Err, b.Err)
}

func immediately(int) {}

// One sweep after the other. Earlier ones keep their readings.
func TestAskedOnce(t *testing.T) {
	random := oracle.Random(t)
	bubble(t, func(t *testing.T) {
		assert.Empty(t, sensorsweep.Sweep(nil), "there is no sensor")
		var rooms []*room
		var readings [][]sensorsweep.Reading
		sizes := make([]int, 3+random.IntN(5))
		for i := range sizes {
			sizes[i] = random.IntN(9)
		}
		if oracle.Large(t) {
			sizes = append(sizes, slices.Repeat([]int{oracle.Beyond(1500, 3000)}, 4)...)
		}
		for _, size := range sizes {
			m := newRoom(random, size, immediately)
			rooms, readings = append(rooms, m), append(readings, m.sweep(t))
		}
		for i, m := range rooms {
			m.assertRead(t, readings[i])
		}
	})

	// One sensor, several times in the slice.
	bubble(t, func(t *testing.T) {
		var asked atomic.Int64
		broken := errors.New("out of order")
		same := sensorsweep.Sensor(func() (float64, error) { return float64(asked.Add(1)), broken })
		n := 2 + random.IntN(5)
		got := sensorsweep.Sweep(slices.Repeat([]sensorsweep.Sensor{same}, n))
		assert.EqualValues(t, n, asked.Load(), "one sensor is in the slice %d times, so it must be asked that many times", n)
		sum := 0.0
		for _, g := range got {
			sum += g.Celsius
		}
		assert.EqualValues(t, n*(n+1)/2, sum, "the answers were 1 to %d, one for each place in the slice", n)
		assertOwn(t)
	})
}

// Readings belong to the caller, which may overwrite them and append to them: no other sweep
// has them, not even one that reads the same.
func assertOwn(t *testing.T) {
	t.Helper()
	answer := func() (float64, error) { return 21, nil }
	ours := sensorsweep.Sweep([]sensorsweep.Sensor{answer, answer})
	others := sensorsweep.Sweep([]sensorsweep.Sensor{answer, answer})
	for i := range ours {
		ours[i] = sensorsweep.Reading{Celsius: -1, Err: errors.New("overwritten")}
	}
	for range 3 {
		ours = append(ours, sensorsweep.Reading{Celsius: -1})
	}
	assert.Equal(t, []sensorsweep.Reading{{Celsius: 21}, {Celsius: 21}}, others, "another sweep's readings were overwritten and appended to, and that changed these")
}

// No sensor answers before all have been asked, so all must be asked at once.
func TestAllAtOnce(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{2, 20 + random.IntN(20), life.Size(random, 100)}
	if oracle.Large(t) {
		sizes = append(sizes, 257+random.IntN(100), oracle.Many())
	}
	lock := waitsForALock(t)
	for _, n := range sizes {
		oracle.Within(t, func() {
			oracle.Bubble(t, func(t *testing.T) {
				meeting := oracle.NewMeeting(n)
				newRoom(random, n, func(int) { meeting.Arrive() }).sweep(t)
				assertSharedSlice(t, random, min(n, 100))
			})
		}, "all sensors are to be asked at the same time, and some are not asked before others have answered")
		assertBlocks(t, n, lock)
	}
}

// assertSharedSlice fails t unless the slice of sensors stays as it is while they are
// being asked: two sweeps may have the same one.
func assertSharedSlice(t *testing.T, random *rand.Rand, n int) {
	t.Helper()
	const sweeps = 2
	meeting := oracle.NewMeeting(sweeps * n)
	var asked atomic.Int64
	m := newRoom(random, n, func(int) {
		asked.Add(1)
		meeting.Arrive()
	})
	m.silent.Store(sweeps * int64(n))
	sensors := slices.Clone(m.sensors)
	var sweeping sync.WaitGroup
	for range sweeps {
		sweeping.Go(func() { m.assertRead(t, sensorsweep.Sweep(sensors)) })
		if oracle.Settled(); asked.Load() < sweeps*int64(n) { // or all have answered
			m.assertUnchanged(t, sensors)
		}
	}
	sweeping.Wait()
	m.assertUnchanged(t, sensors)
	assert.EqualValues(t, sweeps*n, asked.Load(), "a slice of %d sensors was swept %d times, at once", n, sweeps)
	assert.Zero(t, m.silent.Load(), "all sweeps have returned, and this many sensors have not answered")
}

// assertBlocks fails t if a sweep of n sensors polls while it waits for them, however many
// there are. In a bubble that is quick to see, unless Sweep waits for a lock.
func assertBlocks(t *testing.T, n int, lock bool) {
	t.Helper()
	sweep := func(t *testing.T) {
		answer := make(chan struct{})
		slow := func() (float64, error) { <-answer; return 21, nil }
		var sweeping sync.WaitGroup
		sweeping.Go(func() { sensorsweep.Sweep(slices.Repeat([]sensorsweep.Sensor{slow}, n)) })
		assert.True(t, oracle.AllBlocked(), "none of %d sensors has answered yet, and some goroutine is running. Does it poll?", n)
		close(answer)
		sweeping.Wait()
	}
	if lock {
		n = min(n, 100)
		oracle.Within(t, func() { sweep(t) }, "all sensors have answered, and Sweep does not return")
		return
	}
	oracle.Within(t, func() { oracle.Bubble(t, sweep) }, "no sensor has answered yet, and some goroutine is running. Does it poll?")
}

// A Duration holds 292 of them, and no more.
const year = 365 * 24 * time.Hour

// However slow a sensor is, its reading is there, and nothing keeps running afterwards.
func TestWaitsForTheSlowest(t *testing.T) {
	random := oracle.Random(t)
	slowests := []time.Duration{time.Second, 3 * time.Hour, time.Duration(1+random.IntN(140)) * year}
	if waitsForALock(t) {
		slowests = nil
	}
	for _, slowest := range slowests {
		bubble(t, func(t *testing.T) {
			here := oracle.WhoIsHere()
			n := 1 + random.IntN(9)
			slow := someTimes(random, n, slowest)
			slow[random.IntN(n)] = slowest + time.Duration(random.IntN(1000))
			began := time.Now()
			m := newRoom(random, n, func(i int) { time.Sleep(slow[i]) })
			got := m.sweep(t)
			assert.Equal(t, slices.Max(slow), time.Since(began), "Sweep is to return when the slowest sensor has answered")
			here.AssertNothingGoesOn(t, "Sweep has returned.")
			if t.Failed() {
				time.Sleep(2 * slowest) // until the last sensor has answered
				return
			}
			m.assertRead(t, got)
		})
		if t.Failed() {
			break // a sweep that looks once a millisecond would look for very long
		}
	}
}

// However quick the sensors are, Sweep returns as soon as the last one has answered.
func TestReturnsWithTheLastAnswer(t *testing.T) {
	random := oracle.Random(t)
	lock := waitsForALock(t)
	sizes := []int{random.IntN(9), random.IntN(9), life.Size(random, 100)}
	if oracle.Large(t) {
		sizes = append(sizes, 257+random.IntN(100), oracle.Many())
	}
	for _, n := range sizes {
		bubble(t, func(t *testing.T) {
			quick := append(someTimes(random, n, 20*time.Millisecond), 0)
			if lock {
				quick = make([]time.Duration, n+1)
			}
			began := time.Now()
			newRoom(random, n, func(i int) { time.Sleep(quick[i]) }).sweep(t)
			assert.Equal(t, slices.Max(quick), time.Since(began), "the last of %d sensors has answered. What is Sweep still waiting for?", n)
		})
	}
}

// someTimes are n durations below most, some of them equal, and some zero.
func someTimes(r *rand.Rand, n int, most time.Duration) []time.Duration {
	times := make([]time.Duration, n)
	for i := range times {
		if r.IntN(4) > 0 {
			times[i] = time.Duration(r.Int64N(int64(most)))
		}
		if i > 0 && r.IntN(4) == 0 {
			times[i] = times[i-1]
		}
	}
	return times
}

// No bubble, no clock: sensors that answer immediately.
func TestInRealTime(t *testing.T) {
	random := oracle.Random(t)
	oracle.Within(t, func() {
		newRoom(random, 2+random.IntN(30), immediately).sweep(t)
	}, "all sensors have answered, and Sweep does not return")
}
