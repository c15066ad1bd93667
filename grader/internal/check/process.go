package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/run"
)

// testTime is how long one test may take in one process. Tests of right fixes
// take milliseconds; a run that was only starved of processor time is repeated
// with patienceFactor times as much.
const (
	testTime       = 10 * time.Second
	patienceFactor = 6
)

// once runs the test in one process of its own. A run that was starved of
// processor time is not held against the fix: it gets another, longer one.
func (t *trial) once(ctx context.Context, kind build.Kind, binary string, s sample) (o diagnose.Outcome, err error) {
	limit := testTime
	for range 2 {
		var cpu time.Duration
		if o, cpu, err = t.process(ctx, kind, binary, s, limit); err != nil {
			return o, err
		}
		if !o.Starved || cpu > limit/2 {
			return o, nil
		}
		limit *= patienceFactor
	}
	return o, nil
}

func (t *trial) process(ctx context.Context, kind build.Kind, binary string, s sample, limit time.Duration) (o diagnose.Outcome, cpu time.Duration, err error) {
	dir, err := os.MkdirTemp(filepath.Join(t.bench.staging.Dir, "runs"), "")
	if err != nil {
		return o, 0, fmt.Errorf("no room for a run: %w; free some space, or set TMPDIR to where there is some", err)
	}
	defer os.RemoveAll(dir)
	if s.load {
		release := t.bench.lab.load.hold()
		defer release()
	}
	r, err := run.Run(ctx, run.Command{
		Path: binary, Args: testArgs(t.test.Name), Env: testEnv(dir, s), Dir: dir, Timeout: limit, Quit: true,
	})
	if err != nil {
		return o, 0, err
	}
	raceLog, err := readRaceLog(dir)
	if err != nil {
		return o, 0, err
	}
	return diagnose.Classify(t.bench.source, diagnose.Ending{
		Test: t.test.Name, Race: kind == build.Race, GOMAXPROCS: s.procs,
		ExitCode: r.ExitCode, Signal: r.Signal, TimedOut: r.TimedOut, Output: string(r.Output), RaceLog: raceLog,
	}), r.CPU, nil
}

// testArgs asks for one test. Without a time-out of its own the runtime sees a
// deadlock at once; -test.paniconexit0 is what `go test` passes.
func testArgs(test string) []string {
	return []string{"-test.run=^" + test + "$", "-test.v=test2json", "-test.count=1", "-test.timeout=0", "-test.paniconexit0"}
}

// testEnv is all the environment a test process has. The race log goes to files
// of its own, so that nothing a fix prints can look like one; at the first race
// the process ends, because memory is not to be trusted after it.
func testEnv(dir string, s sample) []string {
	sleep := 0
	if s.exitSleep {
		sleep = 1000
	}
	env := []string{
		"HOME=" + dir, "TMPDIR=" + dir, "TMP=" + dir, "TEMP=" + dir, "LC_ALL=C", "GOTRACEBACK=all",
		fmt.Sprintf("GORACE=log_path=%s strip_path_prefix=heisenkata/ halt_on_error=1 atexit_sleep_ms=%d", filepath.Join(dir, "race"), sleep),
	}
	if s.procs > 0 {
		env = append(env, fmt.Sprintf("GOMAXPROCS=%d", s.procs))
	}
	if root := os.Getenv("SystemRoot"); root != "" { // without it no Windows process starts
		env = append(env, "SystemRoot="+root)
	}
	return env
}

func readRaceLog(dir string) (string, error) {
	logs, err := filepath.Glob(filepath.Join(dir, "race.*"))
	if err != nil {
		return "", err
	}
	var text strings.Builder
	for _, name := range logs {
		data, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		text.Write(data)
	}
	return text.String(), nil
}
