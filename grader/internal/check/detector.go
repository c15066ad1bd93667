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

// Detector is one way to look at a fix.
type Detector struct {
	Name string
	// kind is the build whose processes it runs, and plan which ones. A
	// detector without a plan judges the whole fix, or, as leak does, the ends
	// of the processes that the others run.
	kind build.Kind
	plan func(Effort, bool) []sample
}

// Detectors lists all detectors, in the order in which they run.
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
	own       bool  // the first run is on the machine's own number, which procs is
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
