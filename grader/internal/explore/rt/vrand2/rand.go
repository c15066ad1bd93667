// Package rand stands in for the global functions of package math/rand/v2 in instrumented
// code. Under control their numbers are the schedule's.
package rand

import (
	"math/rand/v2"

	"heisenkata/grader/internal/explore/rt/sched"
)

// schedule is a source of the schedule's random numbers.
type schedule struct{}

func (schedule) Uint64() uint64 { return sched.Random() }

func controlled() *rand.Rand { return rand.New(schedule{}) }

// either calls a method under control, or else the real function.
func either[T any](method func(*rand.Rand) T, real func() T) T {
	if sched.Active() {
		return method(controlled())
	}
	return real()
}

// either1 is either with an argument.
func either1[A, T any](method func(*rand.Rand, A) T, real func(A) T, a A) T {
	if sched.Active() {
		return method(controlled(), a)
	}
	return real(a)
}

// The functions below stand for those of the same names.

// Int64 stands for rand.Int64.
func Int64() int64 { return either((*rand.Rand).Int64, rand.Int64) }

// Uint32 stands for rand.Uint32.
func Uint32() uint32 { return either((*rand.Rand).Uint32, rand.Uint32) }

// Uint64 stands for rand.Uint64.
func Uint64() uint64 { return either((*rand.Rand).Uint64, rand.Uint64) }

// Int32 stands for rand.Int32.
func Int32() int32 { return either((*rand.Rand).Int32, rand.Int32) }

// Int stands for rand.Int.
func Int() int { return either((*rand.Rand).Int, rand.Int) }

// Uint stands for rand.Uint.
func Uint() uint { return either((*rand.Rand).Uint, rand.Uint) }

// Int64N stands for rand.Int64N.
func Int64N(n int64) int64 { return either1((*rand.Rand).Int64N, rand.Int64N, n) }

// Uint64N stands for rand.Uint64N.
func Uint64N(n uint64) uint64 { return either1((*rand.Rand).Uint64N, rand.Uint64N, n) }

// Int32N stands for rand.Int32N.
func Int32N(n int32) int32 { return either1((*rand.Rand).Int32N, rand.Int32N, n) }

// Uint32N stands for rand.Uint32N.
func Uint32N(n uint32) uint32 { return either1((*rand.Rand).Uint32N, rand.Uint32N, n) }

// IntN stands for rand.IntN.
func IntN(n int) int { return either1((*rand.Rand).IntN, rand.IntN, n) }

// UintN stands for rand.UintN.
func UintN(n uint) uint { return either1((*rand.Rand).UintN, rand.UintN, n) }

// N stands for rand.N.
func N[Int intType](n Int) Int {
	if !sched.Active() {
		return rand.N(n)
	}
	if n <= 0 {
		panic("invalid argument to N")
	}
	return Int(controlled().Uint64N(uint64(n)))
}

type intType interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr
}

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
	if sched.Active() {
		controlled().Shuffle(n, swap)
		return
	}
	rand.Shuffle(n, swap)
}
