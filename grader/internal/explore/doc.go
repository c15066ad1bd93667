// Package explore finds concurrency bugs in the tests of any Go package. It runs
// each test under many schedules, one after the other, and every schedule can be
// replayed. Nothing is written into the package's folder.
//
// # How it works
//
// An exploration copies the package to a temporary folder and rewrites it there
// (package [heisenkata/grader/internal/explore/instrument]): before every operation
// that another goroutine might observe it inserts a point. It replaces sync,
// sync/atomic, testing and a few others by drop-in packages (rt/vsync, rt/vatomic, …)
// whose operations are points, too. The result is built as a test binary with the
// race detector.
//
// A process of that binary runs one test at a time, in a testing/synctest bubble.
// At a point a goroutine parks. When every goroutine in the bubble is parked or
// blocked, the controller (rt/sched) asks a strategy (rt/search) which of those that
// can continue goes next, and wakes it. So exactly one goroutine runs between two
// points, and the sequence of picks is the schedule.
//
// # Example
//
// With two goroutines that run
//
//	if left.Load() > 0 { left.Add(-1) }
//
// each Load and each Add is a point. The picks g1 g2 g2 g1 let both pass the check:
//
//	g1 parks at Load   g2 parks at Load
//	pick g1            Load returns 1; g1 parks at Add
//	pick g2            Load returns 1; g2 parks at Add
//	pick g2            Add: left is 0; g2 ends
//	pick g1            Add: left is -1
//
// A schedule stores only the picks that differ from the default, which is to let the
// current goroutine continue. Here that is the second pick alone: "1", after one pick
// that was the default. (Real schedules also have picks for the points at which
// goroutines start.) The part after the tilde in a printed schedule is a hash of the
// trace; a replay whose hash differs ran other steps.
//
// # What a schedule ends with
//
// No goroutine left: pass. The test called Error: wrong result. A panic. Goroutines that
// are all blocked with no timer pending: deadlock, or a leak if the test has
// returned. A test that waits while only timers wake others, for ten minutes of the
// schedule's time: deadlock. A report of the race detector: race. Too many steps: still
// running.
//
// .github/ARCHITECTURE.md has the whole picture: time, the race detector's edges,
// the grammar of schedules, the memory model and the limits.
package explore
