package goleak

import (
	"errors"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type main int

func (m main) Run() int { return int(m) }

func TestNothingIsFound(t *testing.T) {
	block := make(chan bool)
	defer close(block)
	go func() { <-block }()
	options := []Option{IgnoreTopFunction("f"), IgnoreAnyFunction("f"), IgnoreAnyContainingPkg("p"), IgnoreCurrent()}
	require.NoError(t, Find(options...))
	VerifyNone(t, options...)
}

func TestCleanupIsCalled(t *testing.T) {
	code := -1
	remember := Cleanup(func(c int) { code = c })
	VerifyTestMain(main(5), remember)
	assert.Equal(t, 5, code)
	VerifyNone(t, remember)
	assert.Equal(t, 0, code)
}

func TestVerifyTestMainExits(t *testing.T) {
	const variable = "HEISENKATA_MAIN"
	if os.Getenv(variable) != "" {
		VerifyTestMain(main(5))
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestVerifyTestMainExits$")
	cmd.Env = append(os.Environ(), variable+"=1")
	var status *exec.ExitError
	require.True(t, errors.As(cmd.Run(), &status))
	assert.Equal(t, 5, status.ExitCode())
}
