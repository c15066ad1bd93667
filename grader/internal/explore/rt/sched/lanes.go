package sched

import "runtime"

// The race detector numbers goroutines in a way of its own. In detail, each of
// the first goroutines runs below a function whose name says which it is, so
// that a report's stacks tell.
var lanes = [...]func(func()){
	lane0, lane1, lane2, lane3, lane4, lane5, lane6, lane7,
	lane8, lane9, lane10, lane11, lane12, lane13, lane14, lane15,
	lane16, lane17, lane18, lane19, lane20, lane21, lane22, lane23,
	lane24, lane25, lane26, lane27, lane28, lane29, lane30, lane31,
}

// lanesAt is where the calls of these functions go on, from the first to the last.
var lanesAt = func() (at struct{ first, last uintptr }) {
	for i, lane := range append(lanes[:], noLane) {
		var pcs [2]uintptr
		lane(func() { runtime.Callers(1, pcs[:]) })
		if at.last = max(at.last, pcs[1]); i == 0 || pcs[1] < at.first {
			at.first = pcs[1]
		}
	}
	return at
}()

// isLane reports whether a call goes on in this package, near one of its lanes.
//
//go:norace
func isLane(pc uintptr) bool { return lanesAt.first <= pc && pc <= lanesAt.last }

// belowLane is three calls, from the innermost, without those that a lane adds: the same
// operation has the same place in detail.
//
//go:norace
func belowLane(from, through, by uintptr) (uintptr, uintptr, uintptr) {
	switch {
	case isLane(from):
		return 0, 0, 0
	case isLane(through):
		return from, 0, 0
	case isLane(by):
		return from, through, 0
	}
	return from, through, by
}

// noLane stands for one in other schedules.
//
//go:noinline
func noLane(f func()) { f() }

//go:noinline
func lane0(f func()) { f() }

//go:noinline
func lane1(f func()) { f() }

//go:noinline
func lane2(f func()) { f() }

//go:noinline
func lane3(f func()) { f() }

//go:noinline
func lane4(f func()) { f() }

//go:noinline
func lane5(f func()) { f() }

//go:noinline
func lane6(f func()) { f() }

//go:noinline
func lane7(f func()) { f() }

//go:noinline
func lane8(f func()) { f() }

//go:noinline
func lane9(f func()) { f() }

//go:noinline
func lane10(f func()) { f() }

//go:noinline
func lane11(f func()) { f() }

//go:noinline
func lane12(f func()) { f() }

//go:noinline
func lane13(f func()) { f() }

//go:noinline
func lane14(f func()) { f() }

//go:noinline
func lane15(f func()) { f() }

//go:noinline
func lane16(f func()) { f() }

//go:noinline
func lane17(f func()) { f() }

//go:noinline
func lane18(f func()) { f() }

//go:noinline
func lane19(f func()) { f() }

//go:noinline
func lane20(f func()) { f() }

//go:noinline
func lane21(f func()) { f() }

//go:noinline
func lane22(f func()) { f() }

//go:noinline
func lane23(f func()) { f() }

//go:noinline
func lane24(f func()) { f() }

//go:noinline
func lane25(f func()) { f() }

//go:noinline
func lane26(f func()) { f() }

//go:noinline
func lane27(f func()) { f() }

//go:noinline
func lane28(f func()) { f() }

//go:noinline
func lane29(f func()) { f() }

//go:noinline
func lane30(f func()) { f() }

//go:noinline
func lane31(f func()) { f() }
