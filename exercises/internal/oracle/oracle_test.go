package oracle_test

import (
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/internal/oracle"
)

// TestPanics is run by TestWithinPassesPanicsOn in separate processes. It checks
// nothing after Within, so only the panic can fail it.
func TestPanics(t *testing.T) {
	if os.Getenv("ORACLE_PANICS") == "" {
		t.Skip("for TestWithinPassesPanicsOn")
	}
	oracle.Within(t, func() { panic(slow{}) }, "it panics")
}

// slow is a slow panic value: the runtime asks for its text after the deferred
// calls and before the process ends. A test that continued could still exit with 0
// in that time.
type slow struct{}

func (slow) Error() string {
	time.Sleep(300 * time.Millisecond)
	return "as asked"
}

func TestWithinPassesPanicsOn(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestPanics$")
	cmd.Env = append(os.Environ(), "ORACLE_PANICS=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "a panic in Within must end the process")
	require.Contains(t, string(out), "as asked")
}

func TestWithinReturns(t *testing.T) {
	ran := false
	oracle.Within(t, func() { ran = true }, "it returns")
	assert.True(t, ran)
}

// FailNow ends the goroutine that calls it, and Within with it.
func TestWithinEndsWithFailNow(t *testing.T) {
	inner := &testing.T{}
	oracle.Within(t, func() { inner.FailNow() }, "it calls FailNow")
	assert.True(t, inner.Failed())
}

func TestTogetherMeets(t *testing.T) {
	var ran atomic.Int64
	meeting := oracle.NewMeeting(5)
	oracle.Within(t, func() {
		oracle.Together(5, func(i int) {
			meeting.Arrive() // blocks until all five are here
			ran.Add(int64(i))
		})
	}, "five goroutines should meet")
	assert.EqualValues(t, 0+1+2+3+4, ran.Load())
	meeting.Arrive() // latecomers do not block
}

// What is in a bubble already, as all is under the explorer, gets no other one: the
// real ones cannot be nested.
func TestInBubble(t *testing.T) {
	ran := false
	oracle.InBubble(t, func(t *testing.T) {
		synctest.Wait() // panics outside
		oracle.InBubble(t, func(*testing.T) { ran = true })
	})
	assert.True(t, ran)
}

func TestDeadlocks(t *testing.T) {
	assert.True(t, oracle.Deadlocks(func() { oracle.Bubble(t, func(*testing.T) { <-make(chan int) }) }))
	assert.False(t, oracle.Deadlocks(func() { oracle.Bubble(t, func(*testing.T) {}) }))
	assert.PanicsWithValue(t, "its own", func() { oracle.Deadlocks(func() { panic("its own") }) })
}
