package submission

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

var exercise = kata.Exercise{ID: "x", Dir: "exercises/01-a/01-x", Files: []string{"x.go"}}

// checkout makes a learner's checkout and returns its root and x.go's path.
func checkout(t *testing.T) (root, file string) {
	t.Helper()
	root = t.TempDir()
	dir := filepath.Join(root, filepath.FromSlash(exercise.Dir))
	require.NoError(t, os.MkdirAll(dir, 0o755))
	return root, filepath.Join(dir, "x.go")
}

func TestReadTakesOnlyListedFiles(t *testing.T) {
	root, file := checkout(t)
	require.NoError(t, os.WriteFile(file, []byte("package x\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "x_test.go"), []byte("package x\n"), 0o644))
	s, err := Read(root, exercise, exercise.Dir)
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"x.go": []byte("package x\n")}, s.Files)

	again, err := Read(root, exercise, exercise.Dir)
	require.NoError(t, err)
	assert.Equal(t, s.Hash(), again.Hash())
	again.Files["x.go"] = []byte("package x \n")
	assert.NotEqual(t, s.Hash(), again.Hash())
}

func TestReadRefuses(t *testing.T) {
	write := func(data []byte) func(*testing.T, string) {
		return func(t *testing.T, file string) { require.NoError(t, os.WriteFile(file, data, 0o644)) }
	}
	for name, c := range map[string]struct {
		make func(*testing.T, string)
		want string
	}{
		"missing":   {func(*testing.T, string) {}, "is missing"},
		"empty":     {write(nil), "is empty"},
		"10 MB":     {write(bytes.Repeat([]byte("//\n"), 10<<20/3)), "more than the 65536"},
		"not UTF-8": {write([]byte("package x // \xff\n")), "is not UTF-8"},
		"NUL":       {write([]byte("package x // \x00\n")), "U+0000"},
		"bidi":      {write([]byte("package x // \u202e\n")), "U+202E"},
		"a folder":  {func(t *testing.T, file string) { require.NoError(t, os.Mkdir(file, 0o755)) }, "is not a regular file"},
		"symlink": {func(t *testing.T, file string) {
			require.NoError(t, os.WriteFile(file+".real", []byte("package x\n"), 0o644))
			require.NoError(t, os.Symlink(file+".real", file))
		}, "is a symbolic link"},
	} {
		t.Run(name, func(t *testing.T) {
			root, file := checkout(t)
			c.make(t, file)
			_, err := Read(root, exercise, exercise.Dir)
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
			assert.ErrorContains(t, err, c.want)
			assert.Equal(t, evidence.Policy, refusal.Findings[0].Verdict)
			assert.Contains(t, refusal.Findings[0].Replay, "reset x")
		})
	}
}

// A link further up must not lead out of the checkout either.
func TestReadStaysInTheCheckout(t *testing.T) {
	root, file := checkout(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "x.go"), []byte("package x\n"), 0o644))
	require.NoError(t, os.RemoveAll(filepath.Dir(file)))
	require.NoError(t, os.Symlink(outside, filepath.Dir(file)))
	_, err := Read(root, exercise, exercise.Dir)
	require.Error(t, err)
	_, err = Read(filepath.Join(root, "nowhere"), exercise, exercise.Dir)
	require.ErrorContains(t, err, "opening the submission")
}
