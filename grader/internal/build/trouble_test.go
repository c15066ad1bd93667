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

// What the machine lacks is not the fix's fault, and no fix can say that it lacks
// something.
func TestShortage(t *testing.T) {
	for out, want := range map[string]string{
		"# y\nwrite /tmp/x: no space left on device\n":                                                             "write /tmp/x: no space left on device",
		"/tmp/cc.s: Fatal error: cannot write: No space left on device":                                            "/tmp/cc.s: Fatal error: cannot write: No space left on device",
		"go: open /cache/00: permission denied\n":                                                                  "go: open /cache/00: permission denied",
		"exercises/00-x/00-y/y.go:3:8: could not import sync (open /cache/ab-d: no such file or directory)\n":      "exercises/00-x/00-y/y.go:3:8: could not import sync (open /cache/ab-d: no such file or directory)",
		"exercises/00-x/00-y/y.go:4:2: \"no space left on device\" (untyped string constant) is not used\n":        "",
		"exercises/00-x/00-y/y.go:3: write /cache/00/f-d: no space left on device\n":                               "exercises/00-x/00-y/y.go:3: write /cache/00/f-d: no space left on device",
		"exercises/00-x/00-y/y.go:4:2: invalid operation: \"no space left on device\" + 1 (mismatched types)\n":    "",
		"exercises/00-x/00-y/y.go:4:2: undefined: foo\n":                                                           "",
		"exercises/00-x/00-y/y.go:3:8: could not import nowhere (invalid package name: \"\")\n":                    "",
		"exercises/00-x/00-y/y.go:3:8: package nowhere is not in std\n":                                            "",
		"exercises/00-x/00-y/y.go:4:2: undefined: foo\nexercises/00-x/00-y/y.go:5:2: out of memory is undefined\n": "",
	} {
		assert.Equal(t, want, shortage(exercise, []byte(out)), out)
	}
}

// A staging module of which something is gone, or is not as it was, is not whole.
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
