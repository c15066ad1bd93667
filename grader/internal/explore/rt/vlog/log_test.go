package log

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

func TestFatal(t *testing.T) {
	const variable = "HEISENKATA_FATAL"
	if os.Getenv(variable) != "" {
		Fatalf("over: %d", 1)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFatal$")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	var status *exec.ExitError
	require.True(t, errors.As(err, &status))
	assert.Equal(t, 1, status.ExitCode())
	assert.Contains(t, string(out), "over: 1\n")
}

func TestFatalUnderControl(t *testing.T) {
	for text, f := range map[string]func(){
		"log.Fatal: a1 2":    func() { Fatal("a", 1, 2) },
		"log.Fatalf: a 1":    func() { Fatalf("%s %d", "a", 1) },
		"log.Fatalln: a 1 2": func() { Fatalln("a", 1, 2) },
	} {
		s := search.New(1)
		s.Begin(0)
		returned := false
		r := sched.Run(t, s, sched.Options{}, func() { f(); returned = true })
		require.NotNil(t, r.Finding)
		assert.Equal(t, sched.Wrong, r.Finding.Kind)
		assert.Equal(t, text, r.Finding.Text)
		assert.False(t, returned)
	}
}
