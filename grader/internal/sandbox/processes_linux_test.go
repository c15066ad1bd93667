package sandbox

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process may have any name, with spaces and parentheses in it.
func TestParseStat(t *testing.T) {
	text := "42 (a) R (b) S 7 8 9 0 -1 4194560 1 0 0 0 3 4 0 0 20 0 5 0 100 2048 16 18446744073709551615 1 1 0"
	p, ok := parseStat(42, []byte(text))
	require.True(t, ok)
	assert.Equal(t, Process{PID: 42, Parent: 7, Group: 8, Threads: 5, Memory: 16 * int64(os.Getpagesize()), CPU: 70 * time.Millisecond, asleep: true}, p)
	for _, other := range []string{"", "42", "42 (x) Z 7 8 9", "42 (x) S 1 2"} {
		_, ok := parseStat(42, []byte(other))
		assert.False(t, ok, other)
	}
}

func TestDescendants(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "sleep 1000 & echo; wait")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = out.Read(make([]byte, 1)) // the shell has started its child
	require.NoError(t, err)
	below := Descendants(os.Getpid())
	var parents []int
	for _, p := range below {
		parents = append(parents, p.Parent)
	}
	assert.Contains(t, parents, cmd.Process.Pid)
	for _, p := range below {
		child, err := os.FindProcess(p.PID)
		require.NoError(t, err)
		_ = child.Kill() // it may have ended with its parent
	}
	_ = cmd.Wait() // it was killed
	_, ok := Look(cmd.Process.Pid)
	assert.False(t, ok)
}

// Of a process's threads the busiest is one that computes.
func TestBusiest(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "while :; do :; done")
	require.NoError(t, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}()
	require.Eventually(t, func() bool {
		thread, ok := Busiest(cmd.Process.Pid)
		return ok && thread == cmd.Process.Pid // it has no other
	}, time.Minute, time.Millisecond)

	assert.False(t, Asleep(cmd.Process.Pid))
	_, ok := Busiest(1 << 30)
	assert.False(t, ok, "there is no such process")
}

// A process of which every thread sleeps is asleep. One that waits for a processor is
// not, however long it has had none.
func TestAsleep(t *testing.T) {
	cmd := exec.Command("sleep", "1000")
	require.NoError(t, cmd.Start())
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}()
	require.Eventually(t, func() bool { return Asleep(cmd.Process.Pid) }, time.Minute, time.Millisecond)
	assert.False(t, Asleep(1<<30), "there is no such process")
}
