package grade

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
)

// Failure is what counts against a fix, as a person reads it: what goes wrong, and
// why.
type Failure struct {
	Test     *Test  // nil: the fix as a whole
	Detector string // that saw Why
	// Story says what a user of the code sees go wrong.
	Story string
	// Why has the lines, what they mean, the picture if there is one, and the
	// command that shows it again.
	Why evidence.Finding
}

// clarity says how well a kind of failure can be understood.
type clarity struct {
	doc string
	is  func(Failure) bool
}

// clearest is the rule by which one failure of many is shown first, from the
// clearest kind to the least clear; within a kind, the picture with fewer goroutines goes
// first, then that of a scenario before that of a generated program, then the shorter one, then
// what has none, and then the order of the tests. Only what is drawn goes before
// a guard that forfeits points. What is wrong with the fix as a whole
// goes before its tests: until it is put right no test earns anything.
var clearest = []clarity{
	{"the fix as a whole: policy, build, vet", func(f Failure) bool { return f.Test == nil }},
	{"a schedule with a story, which can be replayed and drawn on one screen", Failure.toldAndDrawn},
	{"a test's own message, with the race that explains it", func(f Failure) bool { return f.Why.Verdict == evidence.Race && f.Story != f.Why.Summary }},
	{"a test's own message", func(f Failure) bool { return f.Why.Verdict == evidence.Fail }},
	{"an end that says where: panic, deadlock, leak", func(f Failure) bool {
		return slices.Contains([]evidence.Verdict{evidence.Panic, evidence.Deadlock, evidence.Leak}, f.Why.Verdict)
	}},
	{"a race with a picture", func(f Failure) bool { return f.Why.Explored != nil }},
	{"a race", func(f Failure) bool { return f.Why.Verdict == evidence.Race }},
	{"what only shows that it did not end well: timeout, memory, integrity", func(Failure) bool { return true }},
}

// drawnRank is the rank of a schedule with a story.
const drawnRank = 1

// maxWaiting is how many goroutines that wait at the end, a line for each, leave
// room for what led there.
const maxWaiting = 4

// maxLanes is how many goroutines a picture of one screen has room for.
const maxLanes = 8

func lanes(trace []explored.Step) int {
	seen := map[int]bool{}
	for _, s := range trace {
		seen[s.Goroutine] = true
	}
	return len(seen)
}

// toldAndDrawn reports whether an exploration says what goes wrong. A race alone
// says which lines collide.
func (f Failure) toldAndDrawn() bool {
	x := f.Why.Explored
	if x == nil || len(x.Trace) == 0 || len(x.Waiting) > maxWaiting || lanes(x.Trace) > maxLanes {
		return false
	}
	return x.Story != "" || x.Verdict.Found() && x.Verdict != explored.Race
}

func (f Failure) rank() int {
	return slices.IndexFunc(clearest, func(c clarity) bool { return c.is(f) })
}

// steps is the length of the picture; without one it is more than any picture has.
func (f Failure) steps() int {
	if f.Why.Explored == nil || len(f.Why.Explored.Trace) == 0 {
		return math.MaxInt
	}
	return len(f.Why.Explored.Trace)
}

// goroutines is how many the picture has; without one it is more than any picture has.
func (f Failure) goroutines() int {
	if f.steps() == math.MaxInt {
		return math.MaxInt
	}
	return lanes(f.Why.Explored.Trace)
}

// generated is 1 of what comes with a table, as every generated program does, and 0 of any other failure.
func (f Failure) generated() int {
	if x := f.Why.Explored; x != nil && len(x.Table) > 0 {
		return 1
	}
	return 0
}

// Failures lists what counts against the fix, the clearest first.
func (g Exercise) Failures() (list []Failure) {
	for _, c := range g.Checks {
		if c.Failed() && c.Finding != nil {
			list = append(list, Failure{Detector: c.Detector, Story: c.Finding.Summary, Why: *c.Finding})
		}
	}
	for i := range g.Tests {
		if f, ok := g.Tests[i].Failure(); ok {
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b Failure) int {
		return cmp.Or(a.drawn()-b.drawn(), g.matters(a)-g.matters(b), a.rank()-b.rank(), cmp.Compare(a.goroutines(), b.goroutines()), a.generated()-b.generated(), cmp.Compare(a.steps(), b.steps()))
	})
	return list
}

// drawn is the rank of what nothing else is as clear as, and the same for all others.
func (f Failure) drawn() int { return min(f.rank(), drawnRank+1) }

// matters puts the guards that forfeit what was earned before other tests: the screen has
// just said that they broke.
func (g Exercise) matters(f Failure) int {
	if g.Forfeited != "" && f.Test != nil && !f.Test.Guard {
		return 1
	}
	return 0
}

// Failure tells how a test fails. Where it both fails an assertion and races, the assertion
// is the story and the race is why. A test that does not count against the fix, or about
// which nothing is known, has none.
func (t *Test) Failure() (Failure, bool) {
	why, ok := t.telling()
	if !ok {
		return Failure{}, false
	}
	f := Failure{Test: t, Detector: why.Detector, Story: why.Finding.Summary, Why: *why.Finding}
	if x := f.Why.Explored; x != nil {
		f.Story = strings.TrimPrefix(cmp.Or(x.Story, f.Story), "the test fails: ")
		f.Story = strings.TrimPrefix(f.Story, t.Name+": ")
	}
	if wrong := findingOf(t.Checks, evidence.Fail); wrong != nil && f.Why.Verdict == evidence.Race {
		f.Story = wrong.Summary
	}
	return f, true
}

// telling is the check whose finding says most about the test.
func (t *Test) telling() (evidence.Check, bool) {
	i := slices.IndexFunc(t.Checks, func(c evidence.Check) bool { return c.Failed() && c.Finding != nil && c.Verdict == t.Verdict })
	if i < 0 {
		return evidence.Check{}, false
	}
	return t.Checks[i], true
}
