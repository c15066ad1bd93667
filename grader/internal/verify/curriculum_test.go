package verify_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCurriculum proves the exercises, with the command that authors use: a sample of the
// starters, model fixes, other right fixes and wrong ones, the same until their text
// changes. .ci/run grades every starter beside, and TestModelsPass explores every model
// fix. What an earlier run has proven on this machine is not graded again.
// HEISENKATA_ALL=1 takes all of them, and grades each.
func TestCurriculum(t *testing.T) {
	args := []string{"verify", "--sample", "1"}
	if os.Getenv("HEISENKATA_ALL") != "" {
		args = []string{"verify", "--again"}
	}
	proves(t, "the curriculum does not hold; the table above says where", args...)
}

// TestMutants grades a sample of mutants, the same ones for the same code. All of them are
// for `grader verify --mutants`.
func TestMutants(t *testing.T) {
	proves(t, "a mutant is not judged as it should be; the table above says which", "verify", "--mutants", "--sample", "2")
}

func proves(t *testing.T, failure string, args ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("long: compiles and runs variants of every exercise")
	}
	grader := filepath.Join(t.TempDir(), "grader")
	out, err := exec.Command("go", "build", "-o", grader, "heisenkata/grader").CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.Command(grader, args...)
	var table bytes.Buffer
	cmd.Stdout, cmd.Stderr = &table, &table
	err = cmd.Run()
	t.Log("\n" + table.String())
	require.NoError(t, err, failure)
}
