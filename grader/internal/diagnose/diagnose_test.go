package diagnose

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func recorded(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(text)
}

func source(t *testing.T) Source {
	return Source{
		Exercise: kata.Exercise{ID: "y", Dir: "exercises/00-x/00-y", Files: []string{"y.go"}},
		Files: map[string][]byte{
			"y.go":      []byte(recorded(t, "y.go.txt")),
			"y_test.go": []byte(recorded(t, "y_test.go.txt")),
		},
	}
}

// secret is what the official part of the recorded processes knew.
const secret = "5ec2e7"

// reports writes records as package attest does, for a test without steps.
func reports(records ...string) string { return stepped(nil, records...) }

// stepped does so for a test that comes to these steps in each run.
func stepped(steps []uint64, records ...string) (text string) {
	did := testimony{secret: secret, steps: steps}
	for _, r := range records {
		switch {
		case strings.HasPrefix(r, "begin"):
			did.begun++
		case strings.HasPrefix(r, "pass"):
			r += " " + did.sum()
		}
		text += secret + " " + r + "\n"
	}
	return text
}

// The outputs are those of real processes, recorded from y_test.go.txt.
var endings = []struct {
	name     string
	want     evidence.Verdict
	exit     int
	timedOut bool
	race     bool
	report   []string // after the test has begun
}{
	{name: "Pass", want: evidence.Pass, report: []string{"pass TestPass", "done 0"}},
	{name: "Race", want: evidence.Race, exit: 66, race: true},
	{name: "Map", want: evidence.Race, exit: 2},
	{name: "Leak", want: evidence.Leak, exit: 1, report: []string{"pass TestLeak", "leak", "done 1"}},
	{name: "BubbleLeak", want: evidence.Leak, exit: 2},
	{name: "Deadlock", want: evidence.Deadlock, exit: 2},
	{name: "BubbleDeadlock", want: evidence.Deadlock, exit: 2},
	{name: "RaceDeadlock", want: evidence.Deadlock, exit: 2, timedOut: true, race: true},
	{name: "Stuck", want: evidence.Deadlock, exit: 2},
	{name: "Spin", want: evidence.Timeout, exit: 2, timedOut: true},
	{name: "Panic", want: evidence.Panic, exit: 2},
	{name: "Assert", want: evidence.Fail, exit: 1, report: []string{"fail TestAssert", "done 1"}},
	{name: "Plain", want: evidence.Fail, exit: 1, report: []string{"fail TestPlain", "done 1"}},
	{name: "Sub", want: evidence.Fail, exit: 1, report: []string{"fail TestSub", "done 1"}},
	{name: "Exit", want: evidence.Panic, exit: 2},
	{name: "Skip", want: evidence.Integrity, report: []string{"skip TestSkip", "done 0"}},
	{name: "Forge", want: evidence.Panic, exit: 2},
	{name: "Twice", want: evidence.Integrity, report: []string{"pass TestTwice", "pass TestTwice", "done 0"}},
}

func TestClassify(t *testing.T) {
	for _, e := range endings {
		t.Run(e.name, func(t *testing.T) {
			ending := Ending{Test: "Test" + e.name, Race: e.race, ExitCode: e.exit, TimedOut: e.timedOut, GOMAXPROCS: []int{4}, Secret: secret}
			ending.Report = reports(append([]string{"begin Test" + e.name}, e.report...)...)
			switch e.name {
			case "Race":
				ending.RaceLog, ending.Output = recorded(t, "Race.log"), recorded(t, "RaceOut.txt")
			case "RaceDeadlock":
				ending.Test, ending.Output = "TestDeadlock", recorded(t, "RaceDeadlock.txt")
			default:
				ending.Output = recorded(t, e.name+".txt")
			}
			o := Classify(source(t), ending)
			assert.Equal(t, e.want, o.Verdict)
			assert.Equal(t, e.want == evidence.Timeout, o.Starved)
			golden(t, e.name, o.Finding)
			if o.Finding != nil {
				for _, p := range o.Finding.Places {
					assert.NotEmpty(t, p.File)
					assert.Positive(t, p.Line)
				}
			}
		})
	}
}

func golden(t *testing.T, name string, f *evidence.Finding) {
	t.Helper()
	got, err := json.MarshalIndent(f, "", "  ")
	require.NoError(t, err)
	file := filepath.Join("testdata", name+".golden.json")
	if *update {
		require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
	}
	assert.Equal(t, recorded(t, filepath.Base(file)), string(got)+"\n")
}

// A process that reports nothing, or only part of it, or more, has not passed.
// What it prints proves nothing.
func TestNothingIsNoPass(t *testing.T) {
	honest := reports("begin TestPass", "pass TestPass", "done 0")
	printed := recorded(t, "Pass.txt")
	require.Equal(t, evidence.Pass, Classify(source(t), Ending{Test: "TestPass", Secret: secret, Report: honest}).Verdict)
	for name, e := range map[string]Ending{
		"no report":              {Output: printed},
		"no secret":              {Output: printed, Report: "begin TestPass\npass TestPass\ndone 0\n", Secret: "-"},
		"an empty secret":        {Output: printed, Report: " begin TestPass\n pass TestPass\n done 0\n", Secret: "-"},
		"another secret":         {Report: strings.ReplaceAll(honest, secret, "5ec2e8")},
		"a line from elsewhere":  {Report: "hello\n" + honest},
		"a line after the last":  {Report: honest + reports("pass TestPass")},
		"half a line":            {Report: honest[:len(honest)-1]},
		"killed":                 {Report: honest, ExitCode: -1, Signal: "killed"},
		"passed, then exit 3":    {Report: honest, ExitCode: 3},
		"no last record":         {Report: reports("begin TestPass", "pass TestPass")},
		"the last record says 1": {Report: reports("begin TestPass", "pass TestPass", "done 1")},
		"the last record says x": {Report: reports("begin TestPass", "pass TestPass", "done x")},
		"never begun":            {Report: reports("pass TestPass", "done 0")},
		"begun, never ended":     {Report: reports("begin TestPass", "done 0")},
		"no test ran":            {Report: reports("done 0")},
		"another test":           {Report: reports("begin TestOther", "pass TestOther", "done 0")},
		"also another test":      {Report: reports("begin TestPass", "pass TestPass", "begin TestOther", "pass TestOther", "done 0")},
		"a failure afterwards":   {Report: reports("begin TestPass", "pass TestPass", "fail TestPass", "done 0")},
		"a skip":                 {Report: reports("begin TestPass", "skip TestPass", "done 0")},
		"other processors":       {Report: reports("begin TestPass", "pass TestPass", "processors 1", "done 0")},
		"a leak":                 {Report: reports("begin TestPass", "pass TestPass", "leak", "done 0")},
		"in time, then killed":   {Report: honest, TimedOut: true, ExitCode: 2},
		"too much memory":        {Report: honest, Exceeded: "memory"},
		"too many files":         {Report: honest, Exceeded: "files"},
	} {
		e.Test = "TestPass"
		if e.Secret == "" {
			e.Secret = secret
		}
		assert.NotEqual(t, evidence.Pass, Classify(source(t), e).Verdict, name)
	}
}

// A pass is a test that came to all its steps, in their order, in each run: what
// does not run them cannot know what they add up to.
func TestAllStepsOrNoPass(t *testing.T) {
	steps := []uint64{3, 1, 4}
	once := []string{"begin TestPass", "pass TestPass"}
	twice := slices.Concat(once, once, []string{"done 0"})
	verdict := func(report string) evidence.Verdict {
		return Classify(source(t), Ending{Test: "TestPass", GOMAXPROCS: make([]int, 2), Steps: steps, Secret: secret, Report: report}).Verdict
	}
	assert.Equal(t, evidence.Pass, verdict(stepped(steps, twice...)))
	for name, did := range map[string][]uint64{"none": nil, "one missing": {3, 1}, "another order": {1, 3, 4}, "one twice": {3, 1, 4, 4}, "another number": {3, 1, 5}} {
		assert.Equal(t, evidence.Integrity, verdict(stepped(did, twice...)), name)
	}
	first := stepped(steps, once...)
	assert.Equal(t, evidence.Integrity, verdict(first+first+reports("done 0")), "the sum of the first run is not that of the second")
	assert.Equal(t, evidence.Integrity, verdict(strings.ReplaceAll(stepped(steps, twice...), " TestPass ", " TestPass 0")))
}

// A test that has logged a failure and reports a pass has been tampered with.
func TestFailureThatWasTakenBack(t *testing.T) {
	e := Ending{Test: "TestPass", Secret: secret, Report: reports("begin TestPass", "pass TestPass", "done 0"), Output: "=== RUN   TestPass\n    y_test.go:7: lost\n--- PASS: TestPass (0.00s)\n"}
	o := Classify(source(t), e)
	assert.Equal(t, evidence.Integrity, o.Verdict)
	assert.Contains(t, o.Finding.Output, "y_test.go:7: lost")
	e.Output = "=== RUN   TestPass\n--- PASS: TestPass (0.00s)\nPASS\n"
	assert.Equal(t, evidence.Pass, Classify(source(t), e).Verdict)
}

// A line that only announces the next one is told with it.
func TestAnnouncedLine(t *testing.T) {
	told := func(output string) string {
		return Classify(source(t), Ending{Test: "TestPass", Secret: secret, ExitCode: 1, Report: reports("begin TestPass", "fail TestPass", "done 1"), Output: output}).Finding.Summary
	}
	assert.Equal(t, "It reports: Get has not returned", told("=== RUN   TestPass\n    y_test.go:7: It reports:\n        Get has not returned\n        and more\n--- FAIL: TestPass (0.00s)\n"))
	assert.Equal(t, "lost", told("=== RUN   TestPass\n    y_test.go:7: lost\n        one of two\n--- FAIL: TestPass (0.00s)\n"))
	assert.Equal(t, "It reports:", told("=== RUN   TestPass\n    y_test.go:7: It reports:\n    y_test.go:8: other\n--- FAIL: TestPass (0.00s)\n"))
}

// A process that was to run its test three times has passed if it says three times,
// in turn, that it began and passed.
func TestRepeatsInOneProcess(t *testing.T) {
	once := []string{"begin TestPass", "pass TestPass"}
	verdict := func(exit int, records ...string) evidence.Verdict {
		return Classify(source(t), Ending{Test: "TestPass", GOMAXPROCS: make([]int, 3), Secret: secret, ExitCode: exit, Report: reports(records...)}).Verdict
	}
	assert.Equal(t, evidence.Pass, verdict(0, slices.Concat(once, once, once, []string{"done 0"})...))
	assert.Equal(t, evidence.Fail, verdict(1, slices.Concat(once, []string{"begin TestPass", "fail TestPass", "done 1"})...))
	for name, records := range map[string][]string{
		"once":            slices.Concat(once, []string{"done 0"}),
		"four times":      slices.Concat(once, once, once, once, []string{"done 0"}),
		"beside another":  slices.Concat([]string{"begin TestPass", "begin TestPass", "pass TestPass", "pass TestPass"}, once, []string{"done 0"}),
		"passes too many": slices.Concat(once, once, []string{"begin TestPass", "pass TestPass", "pass TestPass", "done 0"}),
	} {
		assert.Equal(t, evidence.Integrity, verdict(0, records...), name)
	}
}

// A failure names the number of processors of the run that failed. A run that panics
// reports a pass on its way out, which adds up to less.
func TestTheRunThatFailed(t *testing.T) {
	steps := []uint64{3, 1}
	passed := func(n int) string {
		return stepped(steps, slices.Repeat([]string{"begin TestPass", "pass TestPass"}, n)...)
	}
	for _, c := range []struct {
		report string
		run    int
		again  string
	}{
		{passed(0) + reports("begin TestPass", "fail TestPass", "done 1"), 0, "go test -count"},
		{passed(1) + reports("begin TestPass", "fail TestPass", "done 1"), 1, "GOMAXPROCS=1 go test"},
		{passed(1) + reports("begin TestPass", "pass TestPass 7"), 1, "GOMAXPROCS=1 go test"},
		{passed(2) + reports("begin TestPass"), 2, "GOMAXPROCS=4 go test"},
		{passed(3), 2, "GOMAXPROCS=4 go test"},
	} {
		o := Classify(source(t), Ending{Test: "TestPass", GOMAXPROCS: []int{0, 1, 4}, Steps: steps, Secret: secret, ExitCode: 1, Report: c.report})
		assert.Equal(t, c.run, o.Run, c.report)
		assert.True(t, strings.HasPrefix(o.Finding.Replay, c.again), o.Finding.Replay)
	}
}

// A Go in which the tests cannot report is the grader's trouble, not the fix's.
func TestUnknownGoIsAnError(t *testing.T) {
	e := Ending{Test: "TestPass", Secret: secret, Report: reports("unknown", "done 0")}
	assert.Equal(t, evidence.Error, Classify(source(t), e).Verdict)
}

// What a fix prints cannot pass for a race: reports come in a log of their own.
func TestPrintedRaceIsNoRace(t *testing.T) {
	e := Ending{Test: "TestPass", Output: recorded(t, "Race.log") + recorded(t, "Pass.txt"), ExitCode: 66, Secret: secret}
	assert.Equal(t, evidence.Integrity, Classify(source(t), e).Verdict)
}

// ThreadSanitizer leaves with a race's exit code when it has no memory left.
func TestOutOfMemoryIsNoRace(t *testing.T) {
	e := Ending{Test: "TestPass", ExitCode: 66, RaceLog: "==1==ERROR: ThreadSanitizer failed to allocate 0x1000 bytes\n"}
	assert.Equal(t, evidence.Memory, Classify(source(t), e).Verdict)
}

func TestHostileOutputIsBounded(t *testing.T) {
	long := make([]byte, 1<<20)
	for i := range long {
		long[i] = byte(i * 7)
	}
	o := Classify(source(t), Ending{Test: "TestPass", ExitCode: 9, Output: string(long)})
	assert.Equal(t, evidence.Integrity, o.Verdict)
	assert.LessOrEqual(t, len(o.Finding.Output), excerpt+16)
	assert.NotContains(t, o.Finding.Output, "\x1b")
}

// Where nothing says what became of the test, the machine may be at fault.
// Limits of ours, and what the test or the detector has said, leave no doubt.
func TestDoubtful(t *testing.T) {
	for name, c := range map[string]struct {
		ending Ending
		want   bool
	}{
		"no report":          {Ending{ExitCode: 66, Race: true}, true},
		"no memory":          {Ending{ExitCode: 2, Output: "fatal error: runtime: out of memory\nruntime: out of memory"}, true},
		"no threads":         {Ending{ExitCode: 2, Output: "runtime: failed to create new OS thread (have 2 already; errno=11)\nfatal error: newosproc\n"}, true},
		"a panic":            {Ending{ExitCode: 2, Output: "panic: no\n"}, false},
		"beyond a limit":     {Ending{ExitCode: -1, Signal: "killed", Exceeded: "memory"}, false},
		"too many files":     {Ending{ExitCode: -1, Signal: "killed", Exceeded: "files"}, false},
		"a race":             {Ending{ExitCode: 66, Race: true, RaceLog: "WARNING: DATA RACE\n"}, false},
		"a deadlock":         {Ending{ExitCode: 2, Output: asleep + "\n"}, false},
		"a log that is gone": {Ending{ExitCode: 66, Race: true, RaceLog: "=================="}, true},
	} {
		assert.Equal(t, c.want, Classify(Source{}, c.ending).Doubtful, name)
	}
}

// The race detector, too, says so when it gets no memory.
func TestDetectorWithoutMemory(t *testing.T) {
	for _, text := range []string{"==1==ERROR: ThreadSanitizer: out of memory: failed to allocate 0x20000 bytes", "ThreadSanitizer: CHECK failed: sanitizer_common.cpp:61 \"((0 && \"unable to mmap\")) != (0)\""} {
		assert.Equal(t, evidence.Memory, Classify(source(t), Ending{Test: "TestPass", Race: true, ExitCode: 66, RaceLog: text}).Verdict)
	}
}

// The text of a panic is no evidence about memory.
func TestPanicAboutMemory(t *testing.T) {
	o := Classify(source(t), Ending{Test: "TestPass", ExitCode: 2, Output: "=== RUN   TestPass\npanic: boom\n\truntime: out of memory\n\ngoroutine 7 [running]:\n"})
	assert.Equal(t, evidence.Panic, o.Verdict)
	assert.False(t, OutOfMemory("panic: ThreadSanitizer: CHECK failed, runtime: out of memory"))
}

// What one test has made and another one uses has advice of its own.
func TestUsedInAnotherTest(t *testing.T) {
	o := Classify(source(t), Ending{Test: "TestPass", ExitCode: 2, Output: "=== RUN   TestPass\nfatal error: select on synctest channel from outside bubble\n\ngoroutine 7 [running]:\n"})
	assert.Equal(t, evidence.Panic, o.Verdict)
	assert.Contains(t, o.Finding.Meaning, "Keep no such thing in a package variable")
}
