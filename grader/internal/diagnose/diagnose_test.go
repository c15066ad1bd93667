package diagnose

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func recorded(t *testing.T, name string) string {
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

// The outputs are those of real processes, recorded from y_test.go.txt.
var endings = []struct {
	name     string
	want     evidence.Verdict
	exit     int
	timedOut bool
	race     bool
}{
	{name: "Pass", want: evidence.Pass},
	{name: "Race", want: evidence.Race, exit: 66, race: true},
	{name: "Map", want: evidence.Race, exit: 2},
	{name: "Leak", want: evidence.Leak, exit: 1},
	{name: "BubbleLeak", want: evidence.Leak, exit: 2},
	{name: "Deadlock", want: evidence.Deadlock, exit: 2},
	{name: "BubbleDeadlock", want: evidence.Deadlock, exit: 2},
	{name: "RaceDeadlock", want: evidence.Deadlock, exit: 2, timedOut: true, race: true},
	{name: "Stuck", want: evidence.Deadlock, exit: 2},
	{name: "Spin", want: evidence.Timeout, exit: 2, timedOut: true},
	{name: "Panic", want: evidence.Panic, exit: 2},
	{name: "Assert", want: evidence.Fail, exit: 1},
	{name: "Plain", want: evidence.Fail, exit: 1},
	{name: "Sub", want: evidence.Fail, exit: 1},
	{name: "Exit", want: evidence.Panic, exit: 2},
	{name: "Skip", want: evidence.Integrity},
	{name: "Forge", want: evidence.Panic, exit: 2},
	{name: "Twice", want: evidence.Integrity},
}

func TestClassify(t *testing.T) {
	for _, e := range endings {
		t.Run(e.name, func(t *testing.T) {
			ending := Ending{Test: "Test" + e.name, Race: e.race, ExitCode: e.exit, TimedOut: e.timedOut, GOMAXPROCS: 4}
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

// A process that says nothing, or only part of it, has not passed.
func TestNothingIsNoPass(t *testing.T) {
	pass := recorded(t, "Pass.txt")
	for name, e := range map[string]Ending{
		"no output":            {},
		"killed":               {Output: pass, ExitCode: -1, Signal: "killed"},
		"passed, then exit 3":  {Output: pass, ExitCode: 3},
		"an event without ^V":  {Output: "=== RUN   TestPass\n--- PASS: TestPass (0.00s)\nPASS\n"},
		"another test":         {Output: "\x16=== RUN   TestOther\n\x16--- PASS: TestOther (0.00s)\nPASS\n"},
		"also another test":    {Output: pass + "\x16--- PASS: TestOther (0.00s)\n"},
		"a failure afterwards": {Output: pass + "\x16--- FAIL: TestPass (0.00s)\n"},
		"a subtest skipped":    {Output: pass + "\x16    --- SKIP: TestPass/sub (0.00s)\n"},
		"in time, then killed": {Output: pass, TimedOut: true, ExitCode: 2},
	} {
		e.Test = "TestPass"
		assert.NotEqual(t, evidence.Pass, Classify(source(t), e).Verdict, name)
	}
}

// What a fix prints cannot pass for a race: reports come in a log of their own.
func TestPrintedRaceIsNoRace(t *testing.T) {
	e := Ending{Test: "TestPass", Output: recorded(t, "Race.log") + recorded(t, "Pass.txt"), ExitCode: 66}
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
