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
	small := []int{IntN(3), int(Int32N(3)), int(Int64N(3)), int(Uint32N(3)), int(Uint64N(3)), int(UintN(3)), int(N(int8(3)))}
	for _, n := range small {
		assert.True(t, 0 <= n && n < 3)
	}
	assert.PanicsWithValue(t, "invalid argument to N", func() { N(0) })
	return []any{
		Int32(), Int64(), Uint(), IntN(1 << 30), Int32N(1 << 30), Int64N(1 << 60), Uint32N(1 << 30), Uint64N(1 << 60), UintN(1 << 30), N(int64(1) << 60),
	}
}

// A number does not tell the next one: with splitmix64, what is mixed of the two is always
// equally far apart.
func TestNumbersDoNotTellTheNext(t *testing.T) {
	unmix := func(z uint64) uint64 {
		z = (z ^ z>>31 ^ z>>62) * 0x319642b2d24d8ec3
		z = (z ^ z>>27 ^ z>>54) * 0x96de1b173f119089
		return z ^ z>>30 ^ z>>60
	}
	require.EqualValues(t, 12345, unmix(sched.Mix(12345)))
	s := search.New(1)
	s.Begin(0)
	r := sched.Run(t, s, sched.Options{Random: 7}, func() {
		apart := map[uint64]bool{}
		last := unmix(Uint64())
		for range 100 {
			next := unmix(Uint64())
			apart[next-last], last = true, next
		}
		assert.Len(t, apart, 100)
	})
	require.Nil(t, r.Finding)
}
