package slices

import (
	"math/rand/v2"
	std "slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Whatever the slice and the arguments, the results are the standard library's, and so
// is what is left in the slice.
func TestShorten(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := make([]int, r.IntN(8), 12)
		for i := range s {
			s[i] = r.IntN(4)
		}
		i, j, more := r.IntN(10)-1, r.IntN(10)-1, r.IntN(4)
		odd := func(n int) bool { return n%2 == 1 }
		near := func(a, b int) bool { return a/2 == b/2 }
		for name, ways := range map[string][2]func([]int) []int{
			"Compact":     {Compact[[]int], std.Compact[[]int]},
			"CompactFunc": {func(s []int) []int { return CompactFunc(s, near) }, func(s []int) []int { return std.CompactFunc(s, near) }},
			"Delete":      {func(s []int) []int { return Delete(s, i, j) }, func(s []int) []int { return std.Delete(s, i, j) }},
			"DeleteFunc":  {func(s []int) []int { return DeleteFunc(s, odd) }, func(s []int) []int { return std.DeleteFunc(s, odd) }},
			"Replace": {
				func(s []int) []int { return Replace(s, i, j, s[:min(more, len(s))]...) },
				func(s []int) []int { return std.Replace(s, i, j, s[:min(more, len(s))]...) },
			},
		} {
			ours, panics := outcome(ways[0], s)
			theirs, want := outcome(ways[1], s)
			assert.Equal(t, want, panics, "%s of %v, %d to %d", name, s, i, j)
			assert.Equal(t, theirs, ours, "%s of %v, %d to %d", name, s, i, j)
		}
	}
}

// outcome is what a function returns for a slice, and what it leaves in it.
func outcome(way func([]int) []int, s []int) (seen [2][]int, panics bool) {
	defer func() { panics = recover() != nil }()
	s = append(make([]int, 0, 12), s...)
	seen[0] = std.Clone(way(s))
	seen[1] = s
	return seen, false
}
