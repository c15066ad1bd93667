package explore

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

func TestBinaryName(t *testing.T) {
	for path, want := range map[string]string{"a/b": "b", "a/b/v2": "b", "a/b/v1": "v1", "b": "b", "v2": "v2", "a/very": "very"} {
		assert.Equal(t, want, binaryName(path), path)
	}
}

func TestVersions(t *testing.T) {
	assert.Positive(t, compareVersions("1.26.1", "1.26"))
	assert.Negative(t, compareVersions("1.9", "1.25.0"))
	assert.Zero(t, compareVersions("1.25.0", whole("1.25")))
	assert.Equal(t, "1.26rc1", whole("1.26rc1"))
}

func TestWithoutMod(t *testing.T) {
	assert.Equal(t, "-trimpath -tags=a", withoutMod("-mod=vendor -trimpath -race --modfile=x -tags=a"))
}

// Of several findings the one of the lowest schedule counts, and the schedules
// of all processes.
func TestMerge(t *testing.T) {
	first := &wire.Outcome{Kind: wire.Pass, Schedules: 200, Doubts: 1, Least: 5}
	got := merge(first, []*wire.Outcome{
		{Kind: wire.Race, Number: 901, Schedules: 300, Least: 7}, {Kind: wire.Wrong, Number: 304, Schedules: 50, Doubts: 2, Least: 9}, {Kind: wire.Pass, Schedules: 10, Least: 3}, {},
		{Kind: wire.Timing, Schedules: 6, Doubts: 6, Least: 5},
	})
	assert.Equal(t, wire.Wrong, got.Kind)
	assert.Equal(t, 304, got.Number)
	assert.Equal(t, 566, got.Schedules)
	assert.Equal(t, 9, got.Doubts)
	assert.Equal(t, 3, got.Least)
}

// The sum of schedules that were run is known to the caller that asked for them, and to
// nothing that has run others, fewer, or none.
func TestSumOfSchedules(t *testing.T) {
	job := wire.Job{Secret: "s3cret", First: 201, Stride: 2}
	sum := wire.Add(wire.Add(wire.Add(0, "s3cret", 201), "s3cret", 203), "s3cret", 205)
	assert.Equal(t, sum, job.Sum(3))
	for name, other := range map[string]uint64{
		"fewer": job.Sum(2), "none": job.Sum(0), "others": wire.Job{Secret: "s3cret", First: 200, Stride: 2}.Sum(3),
		"the next ones": wire.Job{Secret: "s3cret", First: 201}.Sum(3), "another process": wire.Job{Secret: "5ecret", First: 201, Stride: 2}.Sum(3),
	} {
		assert.NotEqual(t, sum, other, name)
	}
}

// A process that dies is a finding if the runtime says why, and else a doubt.
func TestCrashed(t *testing.T) {
	for limit, r := range map[string]run.Result{
		"memory":  {Exceeded: "memory", Output: []byte("goroutine 1 …")},
		"threads": {Exceeded: "threads"},
		"":        {Output: []byte("panic: x\n\ngoroutine 1 …"), ExitCode: 2},
	} {
		assert.Equal(t, limit, crashed(r, "/nowhere", wire.Job{Now: "now"}).Finding.Exceeded)
	}
	o := crashed(run.Result{Output: []byte("x\nfatal error: stack overflow\n\ngoroutine 1 …"), ExitCode: 2}, "/nowhere", wire.Job{Now: "now"})
	assert.Equal(t, wire.Panic, o.Kind)
	assert.Equal(t, "stack overflow", o.Finding.Text)
	o = crashed(run.Result{Output: []byte("fatal error: send on synctest channel from outside bubble\n"), ExitCode: 2}, "/nowhere", wire.Job{Now: "now"})
	assert.Equal(t, wire.Unexplorable, o.Kind)
	o = crashed(run.Result{Output: []byte("fatal error: select on synctest channel from outside bubble\n\ngoroutine 14 [running]:\nruntime.ensureSigM.func1()\n"), ExitCode: 2}, "/nowhere", wire.Job{Now: "now"})
	assert.Equal(t, wire.Unexplorable, o.Kind)
	assert.Contains(t, o.Finding.Text, "asks for signals")
	o = crashed(run.Result{ExitCode: 4}, t.TempDir(), wire.Job{Now: "now"})
	assert.Equal(t, wire.Unexplorable, o.Kind)
	assert.Contains(t, o.Finding.Text, "exit code 4")
	assert.Contains(t, o.Finding.Text, explored.Vanished)

	dir := t.TempDir()
	job := wire.Job{Now: "now", RaceLog: filepath.Join(dir, "races")}
	require.NoError(t, os.WriteFile(job.RaceLog+".12", []byte("==12==ERROR: ThreadSanitizer failed to allocate 0x280000 bytes\n"), 0o644))
	o = crashed(run.Result{}, dir, job)
	assert.Equal(t, wire.Panic, o.Kind)
	assert.Equal(t, "it ran out of memory", o.Finding.Text)
}

// What the machine has done is not put down to the process.
func TestCrashedByTheMachine(t *testing.T) {
	for text, r := range map[string]run.Result{
		"no room":      {ExitCode: 4},
		"from outside": {ExitCode: -1, Signal: "terminated"},
		"stopped":      {ExitCode: -1, Signal: "killed", TimedOut: true, Stopped: true},
		"no more":      {ExitCode: 2, Output: []byte("runtime: failed to create new OS thread (have 5 already; errno=11)\nfatal error: newosproc\n")},
	} {
		o := crashed(r, "/nowhere/job", wire.Job{Now: "now"})
		assert.Equal(t, wire.Unexplorable, o.Kind, text)
		assert.Contains(t, o.Finding.Text, text)
		assert.NotContains(t, o.Finding.Text, explored.Vanished)
	}
}

func TestAboutOnePackage(t *testing.T) {
	e := &goError{output: "# a/b [a/b.test]\n./x.go:1: undefined: y\n# a/c\n./z.go:1: no\nFAIL\n"}
	assert.Equal(t, "./x.go:1: undefined: y", e.about("a/b"))
	assert.Contains(t, e.about("a/d"), "undefined: y", "without a part of its own, all of it")
}
