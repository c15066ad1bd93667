// Package check holds the detectors and runs them: one test, one process, one
// piece of evidence at a time. It gathers evidence and awards nothing.
package check

import (
	"fmt"
	"slices"
	"strings"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
)

// Effort is how much evidence is gathered.
type Effort string

// The efforts: for a quick look, for a grade, for a final grade.
const (
	Quick    Effort = "quick"
	Normal   Effort = "normal"
	Thorough Effort = "thorough"
)

// Detector is one way to look at a fix.
type Detector struct {
	Name string
	// kind is the build whose processes it runs, and plan which ones. A
	// detector without a plan judges the whole fix, or, as leak does, the ends
	// of the processes that the others run.
	kind build.Kind
	plan func(Effort, bool) []sample
}

// Detectors is all there are, in the order in which they look.
var Detectors = []Detector{
	{Name: kata.PolicyDetector},
	{Name: kata.BuildDetector},
	{Name: kata.VetDetector},
	{Name: kata.TestsDetector, kind: build.Plain, plan: once},
	{Name: kata.RaceDetector, kind: build.Race, plan: raceRuns},
	{Name: kata.LeakDetector},
	{Name: kata.RepeatDetector, kind: build.Plain, plan: repeats},
	{Name: kata.ExploreDetector},
}

// sample is one process to run.
type sample struct {
	procs     int   // GOMAXPROCS; 0: the machine's own
	then      []int // further values of it, on which the test runs after that
	repeats   int   // how often the test runs on each of them, one time after the other; 0: once
	exitSleep bool  // let the race detector wait a second at exit for late goroutines
	load      bool  // with every core kept busy by others
	canary    bool  // instead of the test, a race of ours, which the detector has to see
	failAt    int   // the step, from 1 on, at which the official part fails the test; 0: at none
	goOn      bool  // after a race: to see what it leads to, and for nothing else

	passed func(*run.Running) // if set, called when the test has passed and its process has not ended
}

// all are the values of GOMAXPROCS, one for each run, in order.
func (s sample) all() (procs []int) {
	for _, n := range append([]int{s.procs}, s.then...) {
		for range max(1, s.repeats) {
			procs = append(procs, n)
		}
	}
	return procs
}

// runs is how many runs of its test a process is, and wide how many of them are on
// several processors.
func (s sample) runs() int { return len(s.all()) }
func (s sample) wide() (n int) {
	for _, procs := range s.all() {
		if procs > 1 {
			n++
		}
	}
	return n
}

func once(Effort, bool) []sample { return []sample{{}} }

// times is how much of something there is at an effort.
func (e Effort) times(quick, normal, thorough int) int {
	switch e {
	case Quick:
		return quick
	case Thorough:
		return thorough
	}
	return normal
}

// raceRuns spreads over GOMAXPROCS 2, 4 and 16, where races that a fence hides
// on one processor show. One processor is tried once and never decides alone.
// One process keeps the exit sleep, without which a race in a goroutine that
// outlives the test is missed.
//
// A race-built process takes twenty milliseconds before it begins, so a process
// runs the test several times. That the detector reports a race once per process
// is no matter: at the first one the process ends. Only the thorough effort has a
// process for each run, since what a package keeps is only new once.
func raceRuns(effort Effort, _ bool) (plan []sample) {
	switch effort {
	case Quick:
		return []sample{{procs: 4, then: []int{16}, repeats: 2, exitSleep: true}}
	case Normal:
		return []sample{{procs: 4, repeats: 4, exitSleep: true}, {procs: 2, then: []int{16, 1}, repeats: 3}}
	}
	plan = []sample{{procs: 4, exitSleep: true}}
	for range 12 {
		plan = append(plan, sample{procs: 2}, sample{procs: 4}, sample{procs: 16})
	}
	return append(plan, sample{procs: 1})
}

// repeats varies the processors, and adds load only where time is involved:
// load makes sleepy bugs common and windows of a microsecond rarer. Here too only
// the thorough effort has a process for each run.
func repeats(effort Effort, timing bool) (plan []sample) {
	switch effort {
	case Quick:
		plan = []sample{{procs: 1, then: []int{4}}}
	case Normal:
		plan = []sample{{procs: 1, then: []int{4, 2}, repeats: 2}}
	default:
		for range 10 {
			plan = append(plan, sample{procs: 1}, sample{procs: 4}, sample{procs: 2})
		}
	}
	if timing {
		for range effort.times(0, 2, 6) {
			plan = append(plan, sample{procs: 1, load: true}, sample{procs: 4, load: true})
		}
	}
	return plan
}

// describe says in words what a plan runs.
func describe(kind build.Kind, plan []sample) string {
	var procs []string
	runs, loaded := 0, 0
	for _, s := range plan {
		runs += s.runs()
		if s.load {
			loaded++
		}
		for _, n := range s.all() {
			if p := fmt.Sprint(n); n > 0 && !slices.Contains(procs, p) {
				procs = append(procs, p)
			}
		}
	}
	text := fmt.Sprintf("%d runs in %d %s processes", runs, len(plan), kind)
	switch {
	case runs == 1:
		text = fmt.Sprintf("one %s process", kind)
	case len(plan) == 1:
		text = fmt.Sprintf("%d runs in one %s process", runs, kind)
	}
	if len(procs) > 0 {
		text += ", GOMAXPROCS " + strings.Join(procs, ", ")
	}
	if loaded > 0 {
		text += fmt.Sprintf(", %d of them under load", loaded)
	}
	return text
}
