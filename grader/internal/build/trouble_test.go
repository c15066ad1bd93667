package build

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/submission"
)

// A line that may be about the machine is a reason to try the starter, whatever made
// the compiler print it. All other lines count against the fix immediately.
func TestShortage(t *testing.T) {
	for out, doubt := range map[string]bool{
		"# y\nwrite /tmp/x: no space left on device\n":                                                        true,
		"/tmp/cc.s: Fatal error: cannot write: No space left on device":                                       true,
		"go: open /cache/00: permission denied\n":                                                             true,
		"exercises/00-x/00-y/y.go:3:8: could not import sync (open /cache/ab-d: no such file or directory)\n": true,
		"exercises/00-x/00-y/y.go:3:8: could not import sync (read /cache/ab-d: bad file descriptor)\n":       true,
		"exercises/00-x/00-y/y.go:3: write /cache/00/f-d: no space left on device\n":                          true,
		"exercises/00-x/00-y/y.go:4:2: \"no space left on device\" (untyped string constant) is not used\n":   true,
		"exercises/00-x/00-y/y.go:4:2: undefined: foo\n":                                                      false,
		"exercises/00-x/00-y/y.go:3:8: could not import nowhere (invalid package name: \"\")\n":               false,
		"exercises/00-x/00-y/y.go:3:8: package nowhere is not in std\n":                                       false,
	} {
		assert.Equal(t, doubt, shortage([]byte(out)) != "", out)
	}
}

// Compiler output next to a doubt about the machine is kept for when the starter has
// settled the doubt.
func TestUnclearTroubleKeepsItsFindings(t *testing.T) {
	st := &Staging{exercise: exercise}
	u := &Unclear{What: "it seems to lack something", all: []byte("exercises/00-x/00-y/y.go:4:2: \"signal: killed\" is not used\n")}
	assert.Equal(t, u, st.readAnyway(u, buildFindings))
	require.Len(t, u.Found, 1)
	assert.Contains(t, u.Found[0].Summary, "is not used")
	assert.NoError(t, st.readAnyway(nil, buildFindings))
}

// A staging module is not whole if something in it is missing or was changed.
func TestWhole(t *testing.T) {
	root, err := filepath.Abs("../../..")
	require.NoError(t, err)
	k, err := kata.Load(root)
	require.NoError(t, err)
	e, err := k.Find("hit-counter")
	require.NoError(t, err)
	sub, err := submission.Read(root, e, e.Solution())
	require.NoError(t, err)
	for name, harm := range map[string]func(dir string) error{
		"a fix":              func(dir string) error { return os.Remove(filepath.Join(dir, e.Dir, "hitcounter.go")) },
		"a test":             func(dir string) error { return os.Remove(filepath.Join(dir, e.Dir, "hitcounter_test.go")) },
		"a changed test":     func(dir string) error { return os.Truncate(filepath.Join(dir, e.Dir, "schedule_test.go"), 0) },
		"the module's file":  func(dir string) error { return os.Remove(filepath.Join(dir, "go.mod")) },
		"the room for tests": func(dir string) error { return os.Remove(filepath.Join(dir, "runs")) },
		"all":                os.RemoveAll,
	} {
		st, err := Stage(&Toolchain{}, k, e, sub)
		require.NoError(t, err)
		assert.NoError(t, st.Whole(), name)
		require.NoError(t, harm(st.Dir))
		assert.Error(t, st.Whole(), name)
		require.NoError(t, st.Close())
	}
}
