//go:debug randseednop=0
package rand

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
)

// draws is a number from each function.
func draws(t *testing.T) []any {
	order := []int{0, 1, 2, 3, 4, 5, 6, 7}
	Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	assert.ElementsMatch(t, Perm(8), order)
	list := []any{order, Perm(5), Uint32(), Uint64(), Int(), Float32(), Float64(), NormFloat64(), ExpFloat64()}
	return append(list, more(t)...)
}

// run draws under control, with a seed.
func run(t *testing.T, seed uint64) (list []any) {
	s := search.New(1)
	s.Begin(0)
	r := sched.Run(t, s, sched.Options{Random: seed}, func() { list = draws(t) })
	require.Nil(t, r.Finding)
	assert.Equal(t, seed, r.Schedule.Random)
	return list
}

func TestScheduleDecides(t *testing.T) {
	assert.Equal(t, run(t, 1), run(t, 1))
	a, b := run(t, 1), run(t, 2)
	for i := range a {
		assert.NotEqual(t, a[i], b[i], "draw %d", i)
	}
	assert.NotEqual(t, draws(t), draws(t), "not under control")
}

func more(t *testing.T) []any {
	p := make([]byte, 16)
	n, err := Read(p)
	require.NoError(t, err)
	assert.Equal(t, 16, n)
	small := []int{Intn(3), int(Int31n(3)), int(Int63n(3))}
	for _, n := range small {
		assert.True(t, 0 <= n && n < 3)
	}
	assert.Panics(t, func() { Intn(0) })
	return []any{p, Int31(), Int63(), Intn(1 << 30), Int31n(1 << 30), Int63n(1 << 60)}
}

// What comes after Seed is what Go has after that seed, in each schedule; in the next one,
// the schedule decides again. Without effect, Seed changes nothing.
func TestSeed(t *testing.T) {
	real := seeds
	defer func() { seeds = real }()
	assert.True(t, real(), "see the directive above")
	for _, nop := range []bool{false, true} {
		seeds = func() bool { return !nop }
		draw := func(random uint64) (a, b int64, drawn bool) {
			s := search.New(1)
			s.Begin(0)
			r := sched.Run(t, s, sched.Options{Random: random}, func() {
				a = Int63()
				Seed(1)
				b = Int63()
			})
			require.Nil(t, r.Finding)
			return a, b, r.Drawn
		}
		a, b, drawn := draw(1)
		c, d, _ := draw(2)
		assert.NotEqual(t, a, c)
		assert.True(t, drawn)
		if nop {
			assert.NotEqual(t, b, d)
		} else {
			assert.Equal(t, []int64{5577006791947779410, 5577006791947779410}, []int64{b, d})
		}
	}
}
