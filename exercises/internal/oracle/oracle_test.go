package oracle_test

import (
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/internal/oracle"
)

// TestPanics is run by TestWithinPassesPanicsOn in processes of its own. Nothing
// is checked after Within, so only the panic can make it fail.
func TestPanics(t *testing.T) {
	if os.Getenv("ORACLE_PANICS") == "" {
		t.Skip("for TestWithinPassesPanicsOn")
	}
	oracle.Within(t, func() { panic(slow{}) }, "it panics")
}

// slow is a panic that takes its time: the runtime asks for its text after the
// deferred calls and before the end of the process, which is when a test that
// were let go on could still leave with 0.
type slow struct{}

func (slow) Error() string {
	time.Sleep(300 * time.Millisecond)
	return "as asked"
}

func TestWithinPassesPanicsOn(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestPanics$")
	cmd.Env = append(os.Environ(), "ORACLE_PANICS=1")
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "a panic in Within must bring the process down")
	require.Contains(t, string(out), "as asked")
}

func TestWithinReturns(t *testing.T) {
	ran := false
	oracle.Within(t, func() { ran = true }, "it returns")
	assert.True(t, ran)
}

// FailNow ends the goroutine it is called on, and Within with it.
func TestWithinEndsWithFailNow(t *testing.T) {
	inner := &testing.T{}
	oracle.Within(t, func() { inner.FailNow() }, "it leaves by FailNow")
	assert.True(t, inner.Failed())
}

func TestTogetherMeets(t *testing.T) {
	var ran atomic.Int64
	meeting := oracle.NewMeeting(5)
	oracle.Within(t, func() {
		oracle.Together(5, func(i int) {
			meeting.Arrive() // nobody passes before all five are here
			ran.Add(int64(i))
		})
	}, "five parties were to meet")
	assert.EqualValues(t, 0+1+2+3+4, ran.Load())
	meeting.Arrive() // who comes late passes
}
