package run

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/sandbox"
)

// needFull skips where the kernel cannot do what is tested; that it does where it
// can is TestProbe's to see.
func needFull(t *testing.T) {
	t.Helper()
	if p, err := Probe(t.Context()); err != nil || p.Level != sandbox.Full {
		t.Skipf("the protection of this machine is %q: %v %v", p.Level, p.Missing, err)
	}
}

// A kernel with Landlock and seccomp gives full protection.
func TestProbe(t *testing.T) {
	p, err := Probe(t.Context())
	require.NoError(t, err)
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(t, err)
	if !strings.Contains(string(status), "Seccomp:") || sandbox.LandlockABI() == 0 {
		assert.NotEqual(t, sandbox.Full, p.Level)
		t.Skip("this kernel cannot do more")
	}
	assert.Equal(t, sandbox.Full, p.Level, p.Missing)
	assert.Empty(t, p.Missing)
}

// confined is a shell script with the rules of a test process, and those of a
// compiler if it may spawn.
func confined(dir, script string, spawn bool) Command {
	c := sh(script, forever)
	c.Dir = dir
	c.Sandbox = &sandbox.Rules{Run: []string{"/bin", "/usr/bin"}, Write: []string{dir}, Spawn: spawn, FileSize: 1 << 20, CPU: 60, OpenFiles: 64}
	return c
}

func TestSandboxedResult(t *testing.T) {
	needFull(t)
	for _, spawn := range []bool{false, true} {
		r, err := Run(t.Context(), confined(t.TempDir(), "echo out; echo err >&2; exit 7", spawn))
		require.NoError(t, err)
		assert.Equal(t, 7, r.ExitCode)
		assert.Equal(t, "out\nerr\n", string(r.Output))

		r, err = Run(t.Context(), confined(t.TempDir(), "kill -SEGV $$", spawn))
		require.NoError(t, err)
		assert.Equal(t, -1, r.ExitCode)
		assert.Equal(t, "segmentation fault", r.Signal)
	}
}

// A program that cannot be executed is our trouble, and no result.
func TestSandboxWithoutProgram(t *testing.T) {
	needFull(t)
	for _, spawn := range []bool{false, true} {
		c := confined(t.TempDir(), "", spawn)
		c.Path = filepath.Join(t.TempDir(), "nothing")
		_, err := Run(t.Context(), c)
		assert.ErrorContains(t, err, "no such file or directory")

		c = confined(filepath.Join(t.TempDir(), "nowhere"), "", spawn)
		_, err = Run(t.Context(), c)
		assert.Error(t, err)
	}
}

func TestSandboxWritesInItsFolderOnly(t *testing.T) {
	needFull(t)
	dir, other := t.TempDir(), t.TempDir()
	r, err := Run(t.Context(), confined(dir, "echo x >here && ! { echo x >"+other+"/there; } 2>/dev/null && ! ln -s / link 2>/dev/null", true))
	require.NoError(t, err)
	assert.Zero(t, r.ExitCode, string(r.Output))
	assert.FileExists(t, filepath.Join(dir, "here"))
	assert.NoFileExists(t, filepath.Join(other, "there"))
}

// What has moved out of the group, and out of the session, is still found.
func TestStraysAreEnded(t *testing.T) {
	needFull(t)
	setsid, err := exec.LookPath("setsid")
	if err != nil {
		t.Skip("no setsid here")
	}
	dir := t.TempDir()
	r, err := Run(t.Context(), confined(dir, setsid+" sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000' & until [ -e pid ]; do :; done", true))
	require.NoError(t, err)
	assert.Zero(t, r.ExitCode)
	assert.True(t, gone(t, filepath.Join(dir, "pid")), "it is gone when Run returns")
}

func TestStraysAreEndedAtTheDeadline(t *testing.T) {
	needFull(t)
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("no setsid here")
	}
	dir := t.TempDir()
	for limit := 100 * time.Millisecond; ; limit *= 2 { // until it has come far enough to be interesting
		c := confined(dir, "setsid sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000' & wait", true)
		c.Timeout = limit
		r, err := Run(t.Context(), c)
		require.NoError(t, err)
		require.True(t, r.TimedOut)
		if _, err := os.Stat(filepath.Join(dir, "pid")); err == nil {
			break
		}
	}
	assert.True(t, gone(t, filepath.Join(dir, "pid")))
}

// A watcher that is told to stop, as it is when the grader dies, takes all below
// it along. TestAbandon is the grader here.
func TestAbandon(t *testing.T) {
	dir := os.Getenv("RUN_ABANDON")
	if dir == "" {
		t.Skip("for TestNothingOutlivesTheGrader")
	}
	_, _ = Run(t.Context(), confined(dir, "setsid sh -c 'echo $$ >pid.new; mv pid.new pid; exec sleep 1000' & wait", true))
}

func TestNothingOutlivesTheGrader(t *testing.T) {
	needFull(t)
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("no setsid here")
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^TestAbandon$")
	cmd.Env = append(os.Environ(), "RUN_ABANDON="+dir)
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(dir, "pid")); return err == nil }, forever, time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
	assert.Eventually(t, func() bool { return gone(t, filepath.Join(dir, "pid")) }, forever, time.Millisecond)
}

// A watcher that is killed takes all below it along too.
func TestNothingOutlivesItsWatcher(t *testing.T) {
	needFull(t)
	dir := t.TempDir()
	done := make(chan Result)
	go func() {
		r, err := Run(t.Context(), confined(dir, "sleep 1000 & echo $! >pid; echo $PPID >watcher.new; mv watcher.new watcher; wait", true))
		assert.NoError(t, err)
		done <- r
	}()
	watcher := filepath.Join(dir, "watcher")
	require.Eventually(t, func() bool { _, err := os.Stat(watcher); return err == nil }, forever, time.Millisecond)
	text, err := os.ReadFile(watcher)
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	assert.True(t, (<-done).Killed())
	assert.Eventually(t, func() bool { return gone(t, filepath.Join(dir, "pid")) }, forever, time.Millisecond)
}

func TestCancelEndsWatchedProcesses(t *testing.T) {
	needFull(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := Run(ctx, confined(dir, "sleep 1000 & echo $! >pid.new; mv pid.new pid; wait", true))
		done <- err
	}()
	require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(dir, "pid")); return err == nil }, forever, time.Millisecond)
	cancel()
	assert.ErrorIs(t, <-done, context.Canceled)
	assert.True(t, gone(t, filepath.Join(dir, "pid")))
}

// A limit that is watched ends the process and is named.
func TestLimits(t *testing.T) {
	needFull(t)
	for want, c := range map[string]struct {
		script string
		limits Limits
	}{
		"memory":  {"x=0123456789; while :; do x=$x$x; done", Limits{Memory: 64 << 20}},
		"disk":    {"i=0; while :; do i=$((i+1)); dd if=/dev/zero of=f$i bs=64k count=8 2>/dev/null; done", Limits{Disk: 4 << 20}},
		"files":   {"i=0; while :; do i=$((i+1)); : >f$i; done", Limits{Files: 100}},
		"threads": {"while :; do sleep 1000 & done", Limits{Threads: 20}},
	} {
		cmd := confined(t.TempDir(), c.script, true)
		cmd.Limits = c.limits
		r, err := Run(t.Context(), cmd)
		require.NoError(t, err, want)
		assert.Equal(t, want, r.Exceeded, string(r.Output))
		assert.False(t, r.Killed(), "it was us")
	}
}

// A process that has used up its processor time is told apart from one that another process
// has killed.
func TestProcessorTimeIsUp(t *testing.T) {
	needFull(t)
	c := confined(t.TempDir(), "while :; do :; done", false)
	c.Sandbox.CPU = 1
	r, err := Run(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, "CPU time limit exceeded", r.Signal)
	assert.False(t, r.Killed())
}

// Killed is what another process has done.
func TestKilled(t *testing.T) {
	r, err := Run(t.Context(), sh("kill -KILL $$", forever))
	require.NoError(t, err)
	assert.True(t, r.Killed())
	r, err = Run(t.Context(), sh("sleep 1000", 10*time.Millisecond))
	require.NoError(t, err)
	assert.False(t, r.Killed())
}

// BenchmarkRun compares a process with and without the sandbox, in turn, so that
// both see the same machine.
func BenchmarkRun(b *testing.B) {
	dir := b.TempDir()
	var bare, boxed []time.Duration
	for b.Loop() {
		for _, rules := range []*sandbox.Rules{nil, {Run: []string{"/bin/true"}, Write: []string{dir}, FileSize: 1 << 20, CPU: 60, OpenFiles: 64}} {
			r, err := Run(b.Context(), Command{Path: "/bin/true", Dir: dir, Timeout: forever, Sandbox: rules})
			if err != nil || r.ExitCode != 0 {
				b.Fatal(err, r)
			}
			if rules == nil {
				bare = append(bare, r.Wall)
			} else {
				boxed = append(boxed, r.Wall)
			}
		}
	}
	b.ReportMetric(median(bare), "ms/bare")
	b.ReportMetric(median(boxed), "ms/sandboxed")
	b.ReportMetric(median(boxed)-median(bare), "ms/added")
}

func median(d []time.Duration) float64 {
	return float64(slices.Sorted(slices.Values(d))[len(d)/2].Microseconds()) / 1000
}
