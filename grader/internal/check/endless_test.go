package check

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/submission"
)

// A process in a loop proves nothing by itself. A second one that comes to the same
// loop, or that ends in a small part of the time, does.
func TestSecondLook(t *testing.T) {
	here, there := []evidence.Place{{File: "a.go", Line: 3}}, []evidence.Place{{File: "a.go", Line: 9}}
	stopped := func(loops []evidence.Place, cpu time.Duration) look {
		return look{diagnose.Outcome{Verdict: evidence.Timeout, Loops: loops}, run.Result{TimedOut: true, Spent: true, CPU: cpu}}
	}
	ended := func(v evidence.Verdict, cpu time.Duration) look {
		return look{diagnose.Outcome{Verdict: v}, run.Result{CPU: cpu}}
	}
	for name, c := range map[string]struct {
		first, again look
		want         evidence.Verdict // "" if it is not certain
	}{
		"the same loop":   {stopped(here, time.Second), stopped(here, time.Second), evidence.Timeout},
		"another loop":    {stopped(here, time.Second), stopped(there, time.Second), ""},
		"no loop":         {stopped(here, time.Second), stopped(nil, time.Second), ""},
		"it ends at once": {stopped(here, time.Second), ended(evidence.Pass, time.Millisecond), evidence.Timeout},
		"it ends, slowly": {stopped(here, time.Second), ended(evidence.Pass, 900*time.Millisecond), evidence.Pass},
		"it fails":        {stopped(here, time.Second), ended(evidence.Race, time.Millisecond), evidence.Race},
	} {
		o, certain := c.first.with(c.again)
		assert.Equal(t, c.want != "", certain, name)
		if certain {
			assert.Equal(t, c.want, o.Verdict, name)
		}
	}
}

// Once an endless loop is known, a process gets little time before it is looked at.
func TestKnownLoops(t *testing.T) {
	var k knownLoops
	k.addInnermost(nil, nil)
	assert.False(t, k.suspicious(spinTime-1, testTime))
	assert.True(t, k.suspicious(spinTime, 0))
	inner, outer := evidence.Place{File: "a.go", Line: 3}, evidence.Place{File: "a.go", Line: 2}
	k.addInnermost([]evidence.Place{inner, outer}, []evidence.Place{outer})
	assert.Equal(t, []evidence.Place{outer}, k.known(), "the loop within has ended")
	assert.False(t, k.suspicious(knownTime-1, knownWall-1))
	assert.True(t, k.suspicious(knownTime, 0))
	assert.True(t, k.suspicious(0, knownWall))
	assert.Equal(t, sureTime, k.sure())
	k.spin = 200 * time.Millisecond
	assert.Equal(t, 500*time.Millisecond, k.sure())
}

// workshop makes fixes of hit-counter: the starter with another Hit.
type workshop struct {
	*Lab
	exercise kata.Exercise
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	e, err := k.Find("hit-counter")
	require.NoError(t, err)
	tc, err := build.FindToolchain(t.Context(), root)
	require.NoError(t, err)
	return &workshop{NewLab(k, tc, Quick, 1, nil), withoutPolicy(e)} // some fixes want to give way
}

// withoutPolicy returns an exercise that allows its fixes everything.
func withoutPolicy(e kata.Exercise) kata.Exercise {
	for _, r := range submission.Rules {
		e.Policy.Allow = append(slices.Clip(e.Policy.Allow), r.Name)
	}
	return e
}

func (w *workshop) fixed(t *testing.T, hit, field, imports string) *trial {
	t.Helper()
	e := w.exercise
	text, err := os.ReadFile(filepath.Join(w.Kata.Root, filepath.FromSlash(e.Starter()), e.Files[0]))
	require.NoError(t, err)
	fix := string(text)
	for from, to := range map[string]string{"\tc.total++\n": hit + "\n\tc.total++\n", "\ttotal   int64\n": field + "\n\ttotal   int64\n", "\t\"io\"\n": "\t\"io\"\n" + imports + "\n"} {
		require.Equal(t, 1, strings.Count(fix, from), from)
		fix = strings.Replace(fix, from, to, 1)
	}
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.FromSlash(e.Dir)), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, filepath.FromSlash(e.Dir), e.Files[0]), []byte(fix), 0o600))
	b, err := w.Prepare(t.Context(), e, dir, e.Dir)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, b.Close()) })
	b.loops.spin = 200 * time.Millisecond
	return &trial{bench: b, test: kata.Test{Name: "TestCountsOneByOne"}}
}

// An endless loop in an ordinary process is told as one, and once it is known the
// next process is not taken twice. HEISENKATA_ALL=1 takes all kinds of loops.
func TestEndlessLoopInAProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("builds test binaries")
	}
	w := newWorkshop(t)
	for name, c := range map[string]struct{ hit, field, imports string }{
		"empty":         {"\tfor status > 0 { // endless\n\t}", "", ""},
		"goes nowhere":  {"\tfor { // endless\n\t}", "", ""},
		"a plain flag":  {"\tfor c.busy { // endless\n\t}\n\tc.busy = true", "\tbusy bool", ""},
		"gives way":     {"\tok := false\n\tfor !ok { // endless\n\t\truntime.Gosched()\n\t}", "", "\t\"runtime\""},
		"never swaps":   {"\tfor !c.lock.CompareAndSwap(1, 2) { // endless\n\t}", "\tlock atomic.Int32", "\t\"sync/atomic\""},
		"locks inside":  {"\tfor done := false; !done; { // endless\n\t\tc.mu.Lock()\n\t\tdone = c.total < 0\n\t\tc.mu.Unlock()\n\t}", "\tmu sync.Mutex", "\t\"sync\""},
		"in a callback": {"\tspin := func() {\n\t\tfor c.total >= 0 { // endless\n\t\t}\n\t}\n\tspin()", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("HEISENKATA_ALL") == "" && name != "a plain flag" {
				t.Skip("one of many kinds")
			}
			tr := w.fixed(t, c.hit, c.field, c.imports)
			line := 1 + strings.Count(strings.SplitN(string(tr.bench.source.Files["hitcounter.go"]), "// endless", 2)[0], "\n")
			for range 2 {
				assertEndless(t, tr, build.Plain, built(t, tr, build.Plain), line)
			}
			assert.NotEmpty(t, tr.bench.loops.known())
		})
	}
}

// built is a trial's binary of a kind.
func built(t *testing.T, tr *trial, kind build.Kind) string {
	t.Helper()
	binary, found, err := tr.bench.binary(t.Context(), kind)
	require.NoError(t, err)
	require.Nil(t, found)
	return binary
}

func assertEndless(t *testing.T, tr *trial, kind build.Kind, binary string, line int) {
	t.Helper()
	o, err := tr.patient(t.Context(), kind, binary, sample{procs: 2})
	require.NoError(t, err)
	require.Equal(t, evidence.Timeout, o.Verdict)
	at := evidence.Place{File: "hitcounter.go", Line: line}
	assert.Contains(t, []string{"an endless loop at " + at.String(), "it did not end in time: it loops at " + at.String()}, o.Finding.Summary)
	require.NotEmpty(t, o.Finding.Places)
	assert.Equal(t, line, o.Finding.Places[0].Line)
	assert.Contains(t, o.Finding.Places[0].Code, "// endless")
	assert.Contains(t, o.Finding.Replay, "-timeout=20s")
}

// A build with the race detector seldom tells where its loop is; one without does.
func TestEndlessLoopInARaceBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with the race detector")
	}
	tr := newWorkshop(t).fixed(t, "\tfor c.busy { // endless\n\t}\n\tc.busy = true", "\tbusy bool", "")
	tr.bench.loops.spin = time.Second // by then it has started
	line := 1 + strings.Count(strings.SplitN(string(tr.bench.source.Files["hitcounter.go"]), "// endless", 2)[0], "\n")
	assertEndless(t, tr, build.Race, built(t, tr, build.Race), line)

	late, err := tr.located(t.Context(), build.Race, sample{procs: 2}, diagnose.Outcome{Verdict: evidence.Timeout})
	require.NoError(t, err)
	require.Len(t, late.Loops, 1, "one that used all its time is located, too")
	assert.Equal(t, line, late.Loops[0].Line)
	for name, o := range map[string]diagnose.Outcome{
		"ended":          {Verdict: evidence.Pass},
		"located before": {Verdict: evidence.Timeout, Loops: []evidence.Place{{File: "a.go", Line: 3}}},
	} {
		same, err := tr.located(t.Context(), build.Race, sample{}, o)
		require.NoError(t, err)
		assert.Equal(t, o, same, name)
	}
}

// What waits is a deadlock, and what takes a while passes.
func TestNoEndlessLoop(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two test binaries")
	}
	w := newWorkshop(t)
	tr := w.fixed(t, "\tc.mu.Lock()", "\tmu sync.Mutex", "\t\"sync\"")
	o, err := tr.patient(t.Context(), build.Plain, built(t, tr, build.Plain), sample{procs: 2})
	require.NoError(t, err)
	assert.Equal(t, evidence.Deadlock, o.Verdict)

	tr = w.fixed(t, "\tif c.total == 50 {\n\t\tfor end := time.Now().Add(2 * time.Second); time.Now().Before(end); {\n\t\t}\n\t}", "", "\t\"time\"")
	tr.bench.loops.spin = 0 // it takes longer than one may where a loop is known, and a fifth of what is sure
	tr.bench.loops.add(evidence.Place{File: tr.bench.exercise.Dir + "/hitcounter.go", Line: 1})
	o, err = tr.patient(t.Context(), build.Plain, built(t, tr, build.Plain), sample{procs: 2})
	require.NoError(t, err)
	assert.Equal(t, evidence.Pass, o.Verdict)
}

// A race build cannot say that all goroutines are asleep. It is looked at as soon as
// it does nothing any more, and the runtime of a plain one says so.
func TestDeadlockInARaceBuild(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with the race detector")
	}
	tr := newWorkshop(t).fixed(t, "\tc.mu.Lock()", "\tmu sync.Mutex", "\t\"sync\"")
	tr.bench.loops.spin = 0 // only because it does nothing is it stopped, not because it has computed enough
	o, err := tr.patient(t.Context(), build.Race, built(t, tr, build.Race), sample{procs: 2})
	require.NoError(t, err)
	assert.Equal(t, evidence.Deadlock, o.Verdict)
	assert.Contains(t, o.Finding.Output, "all goroutines are asleep")
}

func TestIdle(t *testing.T) {
	at := func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
	i := idle{}
	assert.False(t, i.tooLong(at(0), at(9000)), "processor time that is not known is not taken for none")
	assert.False(t, i.tooLong(at(100), at(9100)))
	assert.False(t, i.tooLong(at(110), at(10_500)), "a tick is as good as nothing")
	assert.False(t, i.tooLong(at(130), at(11_500)), "it has gone on")
	assert.False(t, i.tooLong(at(130), at(13_900)))
	assert.True(t, i.tooLong(at(130), at(14_000)))
	assert.True(t, i.over)
}

// Of whatever verdict, a finding names only places that have a file and a line, and
// a schedule that does not end is none to replay.
func TestPlacesOfExplorations(t *testing.T) {
	for _, v := range []explored.Verdict{explored.Race, explored.Wrong, explored.Panic, explored.Deadlock, explored.Leak, explored.Running} {
		test := explored.Test{
			Verdict: v, Schedules: 3, Trace: []explored.Step{{Goroutine: 1, Operation: "start"}, {Goroutine: 2, Operation: "lock", File: "exercises/x/y/y.go", Line: 4}},
			Waiting: []explored.Waiting{{Goroutine: 0, Operation: "waitgroup wait"}, {Goroutine: 1, File: "exercises/x/y/y.go", Line: 7}},
			Races:   []explored.Access{{Goroutine: "g1"}, {Goroutine: "g2", File: "exercises/x/y/y.go", Line: 8}},
			Loops:   []explored.Loop{{Goroutine: 1, File: "exercises/x/y/y.go", Line: 9}, {Goroutine: 2, File: "exercises/x/y/y.go", Line: 9}},
		}
		if v != explored.Running {
			test.Schedule = "TestScheduleGate@1~abcd"
		}
		c := scenario().judge(evidence.Check{}, test)
		for _, p := range c.Finding.Places {
			assert.NotEmpty(t, p.File, v)
			assert.Positive(t, p.Line, v)
			assert.NotEmpty(t, p.Role, v)
		}
		assert.NotEmpty(t, c.Finding.Places, v)
		if v == explored.Running {
			assert.Equal(t, evidence.Timeout, c.Verdict)
			assert.Equal(t, 9, c.Finding.Places[0].Line)
			assert.Equal(t, 7, c.Finding.Places[1].Line, "two goroutines are in one loop")
			assert.Equal(t, "go test -timeout=20s -count=20 -failfast -run '^TestScheduleGate$' ./exercises/x/y", c.Finding.Replay)
		}
	}
}

// After a process that has used up all its time, another one is stopped early if it
// sleeps, or has computed for long. One that only lacks a processor is not.
func TestOneThatHangsSpeaksForOthers(t *testing.T) {
	late := diagnose.Outcome{Verdict: evidence.Timeout}
	for name, c := range map[string]struct {
		before, now diagnose.Outcome
		result      run.Result
		want        bool
	}{
		"it sleeps":          {late, late, run.Result{Spent: true, Asleep: true}, true},
		"it computes":        {late, late, run.Result{Spent: true, CPU: spinTime}, true},
		"it waits its turn":  {late, late, run.Result{Spent: true, CPU: spinTime - 1}, false},
		"it is deadlocked":   {late, diagnose.Outcome{Verdict: evidence.Deadlock}, run.Result{Spent: true, Asleep: true}, false},
		"none has hung":      {diagnose.Outcome{Verdict: evidence.Fail}, late, run.Result{Spent: true, Asleep: true}, false},
		"it had all of time": {late, late, run.Result{Asleep: true}, false},
	} {
		var k knownLoops
		k.hang(c.before)
		assert.Equal(t, c.want, k.certain(c.now, c.result), name)
	}
}

// On a busy machine a process that waits may take some processor time now and then, and then only
// its limit stops it. The runtime of a plain build is asked as well.
func TestDeadlockThatLooksBusy(t *testing.T) {
	if testing.Short() {
		t.Skip("builds with the race detector, and waits for ten seconds")
	}
	tr := newWorkshop(t).fixed(t, "\tc.mu.Lock()", "\tmu sync.Mutex", "\t\"sync\"")
	tr.bench.loops.spin, tr.bench.loops.rest = 0, time.Hour
	o, err := tr.patient(t.Context(), build.Race, built(t, tr, build.Race), sample{procs: 2})
	require.NoError(t, err)
	assert.Equal(t, evidence.Deadlock, o.Verdict)
	assert.Contains(t, o.Finding.Output, "all goroutines are asleep")
}
