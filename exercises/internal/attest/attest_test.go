package attest

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) {
	code := Run(m)
	Done(code)
	os.Exit(code)
}

// The tests named Inner… are run by the ones below, in separate processes.
func inner(t *testing.T) {
	t.Helper()
	if os.Getenv("ATTEST_INNER") == "" {
		t.Skip("for TestRecords")
	}
}

func TestInnerPass(t *testing.T) {
	inner(t)
	t.Run("sub", func(*testing.T) {})
}

func TestInnerFail(t *testing.T) {
	inner(t)
	t.FailNow()
}

func TestInnerFailsInCleanup(t *testing.T) {
	inner(t)
	t.Cleanup(func() { t.Error("at the very end") })
}

func TestInnerSubFails(t *testing.T) {
	inner(t)
	t.Run("sub", func(t *testing.T) { t.Fail() })
}

func TestInnerSkip(t *testing.T) {
	inner(t)
	t.SkipNow()
}

func TestInnerSteps(t *testing.T) {
	inner(t)
	for _, n := range strings.Fields(os.Getenv("ATTEST_STEPS")) {
		number, err := strconv.ParseUint(n, 10, 64)
		require.NoError(t, err)
		Step(t, number)
	}
}

func TestInnerExit(t *testing.T) {
	inner(t)
	os.Exit(0)
}

func TestInnerProcessors(t *testing.T) {
	inner(t)
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 1)
}

// TestInnerSees looks for the channel, as code under test might.
func TestInnerSees(t *testing.T) {
	inner(t)
	assert.Empty(t, os.Getenv(Variable), "code under test must not see the folder")
	assert.NoFileExists(t, filepath.Join(os.Getenv("ATTEST_INNER"), "control"), "the secret is gone before code under test runs")
}

// process runs an inner test with a channel, and returns its report without the secret
// and the sums.
func process(t *testing.T, test, mode string, args ...string) (report []string, exit int, output string) {
	text, exit, output := channelled(t, test, mode, args...)
	for line := range strings.Lines(text) {
		record, ok := strings.CutPrefix(line, "s3cret ")
		assert.True(t, ok, line)
		report = append(report, pass.ReplaceAllString(strings.TrimSuffix(record, "\n"), "$1"))
	}
	return report, exit, output
}

// written returns what an inner test reports.
func written(t *testing.T, test, mode string, args ...string) string {
	text, _, _ := channelled(t, test, mode, args...)
	return text
}

func channelled(t *testing.T, test, mode string, args ...string) (report string, exit int, output string) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "control"), []byte("s3cret "+mode+"\n"), 0o600))
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^" + test + "$"}, args...)...)
	cmd.Env = append(os.Environ(), "ATTEST_INNER="+dir, Variable+"="+dir, "GORACE=atexit_sleep_ms=0") // saves a second for each of many processes
	out, err := cmd.CombinedOutput()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "report"))
	require.NoError(t, err)
	return string(text), cmd.ProcessState.ExitCode(), string(out)
}

// pass matches the record of a pass, with the sum of the run's steps.
var pass = regexp.MustCompile(`^(pass \S+) [0-9a-f]+$`)

func TestRecords(t *testing.T) {
	for test, want := range map[string][]string{
		"TestInnerPass":           {"begin TestInnerPass", "pass TestInnerPass", "done 0"},
		"TestInnerFail":           {"begin TestInnerFail", "fail TestInnerFail", "done 1"},
		"TestInnerSubFails":       {"begin TestInnerSubFails", "fail TestInnerSubFails", "done 1"},
		"TestInnerFailsInCleanup": {"begin TestInnerFailsInCleanup", "fail TestInnerFailsInCleanup", "done 1"},
		"TestInnerSkip":           {"begin TestInnerSkip", "skip TestInnerSkip", "done 0"},
		"TestInnerSees":           {"begin TestInnerSees", "pass TestInnerSees", "done 0"},
		"TestNoSuchTest":          {"done 0"},
	} {
		report, _, output := process(t, test, "test")
		assert.Equal(t, want, report, "%s: %s", test, output)
	}
}

// A process that exits in the middle has no last record.
func TestExitIsNoEnd(t *testing.T) {
	report, _, _ := process(t, "TestInnerExit", "test")
	assert.NotContains(t, report, "done 0")
}

func TestProcessorsAreWatched(t *testing.T) {
	report, _, output := process(t, "TestInnerProcessors", "test")
	require.Len(t, report, 5, output)
	assert.Equal(t, "begin TestInnerProcessors", report[0], output)
	assert.Regexp(t, `^processors \d+$`, report[1])
	assert.Regexp(t, `^processors \d+$`, report[3])
}

// Each run has its number of processors from the beginning.
func TestProcessorsOfEachRun(t *testing.T) {
	begin, pass := "begin TestInnerPass", "pass TestInnerPass"
	report, _, output := process(t, "TestInnerPass", "test 2,2,5", "-test.cpu=2,2,5")
	assert.Equal(t, []string{begin, pass, begin, pass, begin, pass, "done 0"}, report, output)
	report, _, output = process(t, "TestInnerPass", "test 2,3", "-test.cpu=2,4")
	assert.Equal(t, []string{begin, pass, begin, "processors 4", "processors 4", pass, "processors 4", "done 0"}, report, output)
}

// The sum of a run depends on its steps, on their order, and on the number of the run.
func TestSteps(t *testing.T) {
	sums := map[string]bool{}
	for _, steps := range []string{"", "1", "1 2", "2 1", "2"} {
		t.Setenv("ATTEST_STEPS", steps)
		text := written(t, "TestInnerSteps", "test", "-test.count=2")
		for _, found := range regexp.MustCompile(`(?m)pass TestInnerSteps ([0-9a-f]+)$`).FindAllStringSubmatch(text, -1) {
			sums[found[1]] = true
		}
		assert.Equal(t, text, written(t, "TestInnerSteps", "test", "-test.count=2"), "the same secret must give the same sums")
	}
	assert.Len(t, sums, 10)
}

// A run that is told to fail at a step fails there.
func TestAskedToFail(t *testing.T) {
	t.Setenv("ATTEST_STEPS", "1 2 3")
	for _, mode := range []string{"fail-0", "fail-2"} {
		report, exit, output := process(t, "TestInnerSteps", mode)
		assert.Equal(t, []string{"begin TestInnerSteps", "fail TestInnerSteps", "done 1"}, report, output)
		assert.Equal(t, 1, exit)
	}
	report, _, output := process(t, "TestInnerSteps", "fail-3")
	assert.Equal(t, []string{"begin TestInnerSteps", "pass TestInnerSteps", "done 0"}, report, output)
}

// A canary runs no tests. The race detector must report it.
func TestCanary(t *testing.T) {
	report, _, output := process(t, "TestInnerPass", "canary")
	assert.NotContains(t, report, "begin TestInnerPass")
	if raceEnabled {
		assert.Contains(t, output, "WARNING: DATA RACE")
	} else {
		require.Len(t, report, 2)
		assert.Regexp(t, `^unseen [12]$`, report[0])
	}
}
