// Package rand stands in for the global functions of package math/rand in instrumented
// code. Under control their numbers are the schedule's.
package rand

import (
	"math/rand"
	"sync"

	"heisenkata/grader/internal/explore/rt/sched"
)

// schedule is a source of the schedule's random numbers.
type schedule struct{}

func (schedule) Uint64() uint64 { return sched.Random() }
func (schedule) Int63() int64   { return int64(sched.Random() >> 1) }
func (schedule) Seed(int64)     {}

// controlled is a generator of the schedule's numbers: a new one for each call,
// since goroutines may not share one.
func controlled() *rand.Rand { return rand.New(schedule{}) }

// decided reports whether the schedule decides on the numbers: not after a Seed.
func decided() bool { return sched.Active() && !sched.Seeded() }

// either calls a method under control, or else the real function.
func either[T any](method func(*rand.Rand) T, real func() T) T {
	if decided() {
		return method(controlled())
	}
	return real()
}

// either1 is either with an argument.
func either1[A, T any](method func(*rand.Rand, A) T, real func(A) T, a A) T {
	if decided() {
		return method(controlled(), a)
	}
	return real(a)
}

// The functions below stand for those of the same names.

// Int63 stands for rand.Int63.
func Int63() int64 { return either((*rand.Rand).Int63, rand.Int63) }

// Uint32 stands for rand.Uint32.
func Uint32() uint32 { return either((*rand.Rand).Uint32, rand.Uint32) }

// Uint64 stands for rand.Uint64.
func Uint64() uint64 { return either((*rand.Rand).Uint64, rand.Uint64) }

// Int31 stands for rand.Int31.
func Int31() int32 { return either((*rand.Rand).Int31, rand.Int31) }

// Int stands for rand.Int.
func Int() int { return either((*rand.Rand).Int, rand.Int) }

// Int63n stands for rand.Int63n.
func Int63n(n int64) int64 { return either1((*rand.Rand).Int63n, rand.Int63n, n) }

// Int31n stands for rand.Int31n.
func Int31n(n int32) int32 { return either1((*rand.Rand).Int31n, rand.Int31n, n) }

// Intn stands for rand.Intn.
func Intn(n int) int { return either1((*rand.Rand).Intn, rand.Intn, n) }

// Float64 stands for rand.Float64.
func Float64() float64 { return either((*rand.Rand).Float64, rand.Float64) }

// Float32 stands for rand.Float32.
func Float32() float32 { return either((*rand.Rand).Float32, rand.Float32) }

// NormFloat64 stands for rand.NormFloat64.
func NormFloat64() float64 { return either((*rand.Rand).NormFloat64, rand.NormFloat64) }

// ExpFloat64 stands for rand.ExpFloat64.
func ExpFloat64() float64 { return either((*rand.Rand).ExpFloat64, rand.ExpFloat64) }

// Perm stands for rand.Perm.
func Perm(n int) []int { return either1((*rand.Rand).Perm, rand.Perm, n) }

// Shuffle stands for rand.Shuffle.
func Shuffle(n int, swap func(i, j int)) {
	if decided() {
		controlled().Shuffle(n, swap)
		return
	}
	rand.Shuffle(n, swap)
}

// Read stands for rand.Read.
func Read(p []byte) (n int, err error) {
	if decided() {
		return controlled().Read(p)
	}
	return rand.Read(p) //nolint:staticcheck // it is what the code under test calls
}

// Seed stands for rand.Seed. The numbers after it are Go's own for the seed, but in a
// program in which Seed does nothing, as those do that are written for Go 1.24 and later.
func Seed(seed int64) {
	if sched.Active() && seeds() {
		sched.NoteSeed()
	}
	rand.Seed(seed) //nolint:staticcheck // it is what the code under test calls
}

// seeds reports whether rand.Seed does anything in this program. See GODEBUG=randseednop.
var seeds = sync.OnceValue(func() bool {
	var drawn [2]int64
	for i := range drawn {
		rand.Seed(1) //nolint:staticcheck // see above
		drawn[i] = rand.Int63()
	}
	return drawn[0] == drawn[1]
})
