//go:build unix

package run

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/sandbox"
)

// forever is longer than any test here takes, and no test waits for it.
const forever = time.Minute

func sh(script string, timeout time.Duration) Command {
	return Command{Path: "/bin/sh", Args: []string{"-c", script}, Env: []string{"PATH=/usr/bin:/bin"}, Timeout: timeout}
}

func TestResult(t *testing.T) {
	r, err := Run(t.Context(), sh("echo out; echo err >&2; exit 7", forever))
	require.NoError(t, err)
	assert.Equal(t, 7, r.ExitCode)
	assert.Equal(t, "out\nerr\n", string(r.Output))
	assert.False(t, r.TimedOut)

	r, err = Run(t.Context(), sh("kill -SEGV $$", forever))
	require.NoError(t, err)
	assert.Equal(t, -1, r.ExitCode)
	assert.Equal(t, "segmentation fault", r.Signal)

	_, err = Run(t.Context(), Command{Path: filepath.Join(t.TempDir(), "nothing"), Timeout: forever})
	assert.ErrorContains(t, err, "starting ")
}

// Nothing of the caller's environment reaches a process.
func TestEnvironmentIsEmpty(t *testing.T) {
	t.Setenv("HEISENKATA_SECRET", "1")
	r, err := Run(t.Context(), Command{Path: "/usr/bin/env", Env: []string{"A=b"}, Timeout: forever})
	require.NoError(t, err)
	assert.Equal(t, "A=b\n", string(r.Output))
}

// gone reports whether the process whose id stands in file has ended: it does not
// exist, or is a zombie that has not been waited for yet.
func gone(t *testing.T, file string) bool {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	require.NoError(t, err)
	if syscall.Kill(pid, 0) != nil {
		return true
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || bytes.Contains(stat, []byte(") Z "))
}

func TestDeadlineEndsTheWholeGroup(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	for limit := 100 * time.Millisecond; ; limit *= 2 { // until it has come far enough to be interesting
		r, err := Run(t.Context(), sh("sleep 1000 & echo $! > "+pid+".new; mv "+pid+".new "+pid+"; wait", limit))
		require.NoError(t, err)
		require.True(t, r.TimedOut)
		if _, err := os.Stat(pid); err == nil {
			break
		}
	}
	assert.Eventually(t, func() bool { return gone(t, pid) }, forever, time.Millisecond)
}

// A child that outlives its parent, and holds its output open, is ended too.
func TestOrphansAreEnded(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	r, err := Run(t.Context(), sh("sleep 1000 & echo $! > "+pid, forever))
	require.NoError(t, err)
	assert.Zero(t, r.ExitCode)
	assert.Eventually(t, func() bool { return gone(t, pid) }, forever, time.Millisecond)
}

func TestCancelEndsTheWholeGroup(t *testing.T) {
	pid := filepath.Join(t.TempDir(), "pid")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := Run(ctx, sh("sleep 1000 & echo $! > "+pid+".new; mv "+pid+".new "+pid+"; wait", forever))
		done <- err
	}()
	require.Eventually(t, func() bool { _, err := os.Stat(pid); return err == nil }, forever, time.Millisecond)
	cancel()
	assert.ErrorIs(t, <-done, context.Canceled)
	assert.Eventually(t, func() bool { return gone(t, pid) }, forever, time.Millisecond)

	_, err := Run(ctx, sh("true", forever))
	assert.ErrorIs(t, err, context.Canceled)
}

// What people and systems send to end a process is theirs, and so is a stop.
func TestEndedByOthers(t *testing.T) {
	for _, signal := range []string{"TERM", "INT", "HUP", "KILL"} {
		r, err := Run(t.Context(), sh("kill -"+signal+" $$; sleep 1000", forever))
		require.NoError(t, err)
		assert.True(t, r.Killed(), signal)
	}
	for limit := 100 * time.Millisecond; ; limit *= 2 { // until it has come to its stop
		r, err := Run(t.Context(), sh("kill -STOP $$", limit))
		require.NoError(t, err)
		if r.Stopped || runtime.GOOS != "linux" {
			assert.Equal(t, r.Stopped, r.Killed())
			break
		}
	}
	r, err := Run(t.Context(), sh("kill -SEGV $$", forever))
	require.NoError(t, err)
	assert.False(t, r.Killed(), "that is its own doing")
}

// A grader under nohup passes nothing of that on.
func TestEndedByOthersUnderNohup(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("TestEndedByOthers itself runs under nohup")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	out, err := exec.Command("/bin/sh", "-c", `trap "" HUP INT; exec "$0" -test.run='^TestEndedByOthers$'`, self).CombinedOutput()
	assert.NoError(t, err, string(out))
}

func TestOutputIsBounded(t *testing.T) {
	r, err := Run(t.Context(), sh("echo first; yes | head -c 5000000; echo last", forever))
	require.NoError(t, err)
	assert.Less(t, len(r.Output), OutputCap+100)
	assert.True(t, bytes.HasPrefix(r.Output, []byte("first\n")))
	assert.True(t, bytes.HasSuffix(r.Output, []byte("last\n")))
	assert.Contains(t, string(r.Output), "bytes left out")
}

func TestCappedKeepsBothEnds(t *testing.T) {
	for n := range 60 {
		c := &capped{limit: 20}
		var all []byte
		for i := range n {
			piece := []byte{byte('a' + i%26)}
			_, err := c.Write(piece)
			require.NoError(t, err)
			all = append(all, piece...)
		}
		if n <= 20 {
			assert.Equal(t, string(all), string(c.bytes()))
			continue
		}
		want := fmt.Sprintf("%s\n[… %d bytes left out …]\n%s", all[:10], n-20, all[n-10:])
		assert.Equal(t, want, string(c.bytes()))
	}
}

// A process is out of time when it has had enough, and only then. That is asked
// again and again, with the time that it has taken.
func TestEnough(t *testing.T) {
	c := sh("while :; do :; done", forever)
	var asked atomic.Int32
	c.Enough = func(cpu, wall time.Duration) bool {
		assert.Positive(t, wall)
		return asked.Add(1) > 1 && (cpu > 0 || runtime.GOOS != "linux")
	}
	r, err := Run(t.Context(), c)
	require.NoError(t, err)
	assert.True(t, r.TimedOut)
	assert.True(t, r.Spent)
	assert.False(t, r.Killed())
	assert.Greater(t, asked.Load(), int32(1))

	c = sh("sleep 0.3; exit 7", forever)
	c.Enough = func(cpu, _ time.Duration) bool { return cpu > 200*time.Millisecond }
	r, err = Run(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, 7, r.ExitCode)
	assert.False(t, r.Spent)
}

// A process that is out of time and sleeps has not just lacked a processor, unless it
// sleeps before its end, as a process with the race detector does.
func TestAsleepAtItsEnd(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("nothing is known of threads on this system")
	}
	for script, c := range map[string]struct {
		most time.Duration
		want bool
	}{
		"exec sleep 1000":     {time.Second, true},
		"while :; do :; done": {time.Second, false},
		"sleep 3":             {20 * time.Second, false},
	} {
		r, err := Run(t.Context(), Command{Path: "/bin/sh", Args: []string{"-c", script}, Timeout: 500 * time.Millisecond, MaxSleep: c.most, Env: os.Environ()})
		require.NoError(t, err)
		assert.True(t, r.TimedOut)
		assert.Equal(t, c.want, r.Asleep, script)
	}
}

// What the kernel ends because it has taken all the processor time that it was granted
// was not ended from outside, although the signal is the same.
func TestOutOfProcessorTime(t *testing.T) {
	for took, killed := range map[time.Duration]bool{4 * time.Second: true, 5 * time.Second: false} {
		p := &process{command: Command{Sandbox: &sandbox.Rules{CPU: 5}}}
		r := Result{Signal: "killed", CPU: took}
		p.blame(&r)
		assert.Equal(t, killed, r.Killed(), took)
	}
}
