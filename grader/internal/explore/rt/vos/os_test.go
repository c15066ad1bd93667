package os

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
)

func TestExit(t *testing.T) {
	const variable = "HEISENKATA_EXIT"
	if os.Getenv(variable) != "" {
		Exit(7)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestExit$")
	cmd.Env = append(os.Environ(), variable+"=1")
	var status *exec.ExitError
	require.True(t, errors.As(cmd.Run(), &status))
	assert.Equal(t, 7, status.ExitCode())
}

func TestExitUnderControl(t *testing.T) {
	s := search.New(1)
	s.Begin(0)
	deferred, returned := false, false
	r := sched.Run(t, s, sched.Options{}, func() {
		defer func() { deferred = true }()
		Exit(3)
		returned = true
	})
	require.NotNil(t, r.Finding)
	assert.Equal(t, sched.Wrong, r.Finding.Kind)
	assert.Equal(t, "os.Exit(3)", r.Finding.Text)
	assert.True(t, deferred)
	assert.False(t, returned)
}
