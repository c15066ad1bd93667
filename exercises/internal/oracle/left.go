package oracle

import (
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Present are the goroutines of a synctest bubble before the code under test has
// started any. It is taken and used inside the bubble.
type Present map[string]bool

// WhoIsHere records the goroutines that are in the bubble.
func WhoIsHere() Present {
	here := Present{}
	for _, stack := range bubbleStacks() {
		here[goroutineOf(stack)] = true
	}
	return here
}

// AssertNothingGoesOn fails t unless everything that began since p was taken has ended
// by now. It waits for goroutines that are still running, but not for those that are
// blocked or asleep. The story says why nothing should be left.
//
// goleak gives a goroutine half a second to end, which is long enough to outlive the
// call it belongs to. And it cannot see a timer that restarts itself: between two
// alarms there is no goroutine. So this lets a day pass on the clock of the bubble, and
// counts the goroutines that are created meanwhile.
func (p Present) AssertNothingGoesOn(t testing.TB, story string) {
	t.Helper()
	if left := p.Left(); len(left) > 0 {
		what := "1 goroutine is left. What does it wait for?"
		if len(left) > 1 {
			what = fmt.Sprintf("%d goroutines are left. What do they wait for?", len(left))
		}
		t.Errorf("%s %s\n\n%s", story, what, strings.Join(left, "\n\n"))
		return
	}
	before := born()
	for _, pause := range []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour} {
		time.Sleep(pause)
		synctest.Wait()
		if n := born() - before; n > some() {
			t.Errorf("%s No goroutine is left, but within the next %v more were started: %d. Was a timer not stopped, or does one reset itself?", story, pause, n)
			return
		}
	}
}

// Left waits until no goroutine of the bubble is running, and returns the stacks of
// those that were not present.
func (p Present) Left() (left []string) {
	synctest.Wait()
	return p.Others()
}

// Others returns the stacks of the goroutines in the bubble that were not present. Unlike
// runtime.NumGoroutine, which may count those that have just ended, it misses and adds none.
func (p Present) Others() (left []string) {
	for _, stack := range bubbleStacks() {
		if !p[goroutineOf(stack)] {
			left = append(left, stack)
		}
	}
	return left
}

// bubbleStacks returns the stacks of the goroutines in the caller's bubble.
func bubbleStacks() (stacks []string) {
	all := allStacks()
	mine := bubbleOf(all[0]) // the caller is always the first
	for _, stack := range all {
		if mine != "" && bubbleOf(stack) == mine {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// allStacks returns the stacks of all goroutines, the caller's first.
func allStacks() []string {
	dump := make([]byte, 1<<13) // clearing what a longer one leaves unused would take longer than the dump
	n := runtime.Stack(dump, true)
	for n == len(dump) {
		dump = make([]byte, 2*n)
		n = runtime.Stack(dump, true)
	}
	return strings.Split(strings.TrimSpace(string(dump[:n])), "\n\n")
}

// goroutineOf and bubbleOf parse "goroutine 21 [select (durable), synctest bubble 1]:".
func goroutineOf(stack string) string {
	id, _, _ := strings.Cut(stack, " [")
	return id
}

func bubbleOf(stack string) string {
	header, _, _ := strings.Cut(stack, "\n")
	_, bubble, _ := strings.Cut(header, "synctest bubble ")
	number, _, _ := strings.Cut(strings.TrimSuffix(bubble, "]:"), ",")
	return number
}

// born returns the number of goroutines this process has created so far.
func born() uint64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// some is the number of goroutines that the runtime may create for its own purposes,
// such as one per processor for garbage collection.
func some() uint64 { return 64 + uint64(runtime.GOMAXPROCS(0)) }
