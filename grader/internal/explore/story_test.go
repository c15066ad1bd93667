package explore

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

// prepared is a session for one package below testdata.
func prepared(t *testing.T, module, pkg string, o Options) *Session {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a test binary with the race detector")
	}
	root, err := filepath.Abs(filepath.Join("testdata", module))
	require.NoError(t, err)
	o.Dir, o.Env, o.Patterns, o.Race, o.Seed, o.Processors = root, os.Environ(), []string{"./" + pkg}, true, cmp.Or(o.Seed, 1), 1
	s, err := Prepare(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

// A race is told by a schedule in which the test fails as well: the same one
// whichever process finds the race, and also where every schedule is tried.
func TestRaceTellsItsStory(t *testing.T) {
	s := prepared(t, "bugs", "counter", Options{Run: regexp.MustCompile("^TestBug$"), Budget: Normal})
	at := s.targets[0]
	job := wire.Job{Mode: wire.Sample, Tests: []string{"TestBug"}, Seed: 1, Schedules: 1000, Millis: 600_000, Steps: Normal.Steps}
	split := func(n int) *wire.Outcome {
		var parts []*wire.Outcome
		for k := range n {
			part := job
			part.First, part.Stride = k, n
			parts = append(parts, s.process(t.Context(), at, part))
		}
		return merge(&wire.Outcome{Kind: wire.Pass}, parts)
	}
	alone := split(1)
	first := s.told(at, "TestBug", *alone)
	assert.Equal(t, explored.Race, first.Verdict)
	assert.Len(t, first.Races, 2)
	assert.Regexp(t, `^the test fails: hits: got \d, want 4$`, first.Story)
	assert.NotContains(t, first.Summary, "hits: got", "the summary is of the race")
	assert.Contains(t, first.Detail, "DATA RACE")
	assert.Contains(t, first.Detail, "hits: got")
	for n := 2; n <= 3; n++ {
		o := split(n)
		assert.Equal(t, alone.Schedule, o.Schedule, "%d processes", n)
		assert.Equal(t, first.Story, s.told(at, "TestBug", *o).Story, "%d processes", n)
	}

	job.Mode, job.Bound, job.Stride = wire.Exhaust, 2, 1
	assert.Contains(t, s.told(at, "TestBug", *s.process(t.Context(), at, job)).Story, "hits: got")

	replayed := *s
	_, replayed.Schedule, _ = strings.Cut(first.Schedule, "@")
	replayed.Times = 3
	again := replayed.test(t.Context(), at, "TestBug", make(chan struct{}, 1))
	require.NotNil(t, again)
	assert.Equal(t, first.Story, again.Story)
	assert.Equal(t, first.Trace, again.Trace)
	assert.Equal(t, 3, again.Same)
}

// The starter of hit-counter loses one of two hits: both have read the total before
// either has written it.
func TestStoryOfTheHitCounter(t *testing.T) {
	s := prepared(t, "../../../..", "exercises/01-shared-state/01-hit-counter", Options{Run: regexp.MustCompile("^TestScheduleTwoHits$"), Budget: Normal})
	got, err := s.One(t.Context(), "TestScheduleTwoHits")
	require.NoError(t, err)
	assert.Equal(t, explored.Race, got.Verdict)
	assert.Contains(t, got.Story, " requests were answered")
	var order []int
	reads := 0
	for _, step := range got.Trace {
		if step.Object == "c.total" && step.Goroutine == 0 {
			reads++
		}
		if step.Object == "c.total" && (len(order) == 0 || order[len(order)-1] != step.Goroutine) {
			order = append(order, step.Goroutine)
		}
	}
	require.GreaterOrEqual(t, len(order), 3, "one comes in between")
	assert.Equal(t, order[0], order[2])
	assert.Equal(t, 1, reads, "what the test reads after its first assertion has failed is left out")
}

// A process may die in a schedule that it only looks at for a story, or hang in
// it: what it has found before counts.
func TestStoryIsNotWorthTheFinding(t *testing.T) {
	s := prepared(t, "deadly", ".", Options{Budget: Budget{Schedules: 200, Time: time.Minute, Step: 500 * time.Millisecond}})
	for _, name := range []string{"TestDies", "TestHangs"} {
		got, err := s.One(t.Context(), name)
		require.NoError(t, err)
		assert.Equal(t, explored.Race, got.Verdict, got.Summary)
		assert.NotEmpty(t, got.Schedule)
		assert.NotEmpty(t, got.Trace)
		assert.Len(t, got.Races, 2)
	}
}

// Where a race comes with a failure that only a timeout which came too early has
// led to, it has no story, as it would be no failure without the race.
func TestDoubtIsNoStory(t *testing.T) {
	s := &Session{}
	race := func(doubt bool) wire.Outcome {
		other := &wire.Finding{Kind: wire.Wrong, Text: "3 of 4", Doubt: doubt}
		return wire.Outcome{Kind: wire.Race, Exhausted: -1, Finding: &wire.Finding{Kind: wire.Race, Other: other}}
	}
	assert.Equal(t, "the test fails: 3 of 4", s.told(&target{}, "TestX", race(false)).Story)
	assert.Empty(t, s.told(&target{}, "TestX", race(true)).Story)
	s.EarlyTimeouts = true
	assert.NotEmpty(t, s.told(&target{}, "TestX", race(true)).Story)
}

// A race may lead to a deadlock, which is reported with its goroutines.
func TestStoryOfADeadlock(t *testing.T) {
	other := &wire.Finding{Kind: wire.Deadlock, Waiting: []wire.Waiting{{G: 0, Op: "receive", Holder: -1}}}
	got := (&Session{}).told(&target{}, "TestX", wire.Outcome{Kind: wire.Race, Exhausted: -1, Finding: &wire.Finding{Kind: wire.Race, Other: other}})
	assert.Equal(t, explored.Race, got.Verdict)
	assert.Len(t, got.Waiting, 1)
	assert.NotEmpty(t, got.Story)
}

// The race detector reports a race on a variable of several words once in a process, so the
// schedule is shown in another one. What each side accesses has the variable's name.
func TestRaceOnALargeValue(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a race build")
	}
	s := prepared(t, "bugs", "largevalue", Options{Race: true, Budget: Budget{Schedules: 20, Time: time.Minute, Steps: Normal.Steps}})
	got, err := s.One(t.Context(), "TestBroken")
	require.NoError(t, err)
	assert.Equal(t, explored.Race, got.Verdict)
	assert.False(t, got.Varies, got.Summary)
	require.Len(t, got.Races, 2)
	for _, side := range got.Races {
		assert.Contains(t, []string{"", "now"}, side.Object, "%s at line %d", side.Operation, side.Line)
		assert.Positive(t, side.Step, "it has a row")
	}
}

// Where time passes although goroutines could go on, the trace says which.
func TestTraceOfAStall(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test")
	}
	s := prepared(t, "bugs", "timeslip", Options{Budget: Budget{Schedules: 200, Time: time.Minute, Steps: Normal.Steps}})
	got, err := s.One(t.Context(), "TestBug")
	require.NoError(t, err)
	assert.Equal(t, "50ms", got.Stall)
	i := slices.IndexFunc(got.Trace, func(s explored.Step) bool { return s.Slip != "" })
	require.NotEqual(t, -1, i)
	assert.Equal(t, []int{1}, got.Trace[i].Over, "the sender")
}
