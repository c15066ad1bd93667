package verify_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCurriculum proves every exercise, with the command that authors use. It is
// the longest of the project's tests by far; -short leaves it out.
func TestCurriculum(t *testing.T) {
	if testing.Short() {
		t.Skip("long: compiles and runs every variant of every exercise")
	}
	grader := filepath.Join(t.TempDir(), "grader")
	out, err := exec.Command("go", "build", "-o", grader, "heisenkata/grader").CombinedOutput()
	require.NoError(t, err, "%s", out)
	cmd := exec.Command(grader, "verify")
	var table bytes.Buffer
	cmd.Stdout, cmd.Stderr = &table, &table
	err = cmd.Run()
	t.Log("\n" + table.String())
	require.NoError(t, err, "the curriculum does not hold; the table above says where")
}
