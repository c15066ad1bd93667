package explore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A package that does not build without the explorer either is told in the words of a
// build without it: what the explorer adds to the files is not the user's to look for.
func TestUnbuilt(t *testing.T) {
	if testing.Short() {
		t.Skip("builds packages")
	}
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":              "module example.com/unbuilt\n\ngo 1.20\n",
		"bad/bad_test.go":     "package bad\n\nimport \"testing\"\n\nfunc TestA(*testing.T) { var _ int = \"a\" }\n",
		"newer/newer_test.go": "package newer\n\nimport \"testing\"\n\nfunc TestA(*testing.T) {\n\tfor range 3 {\n\t}\n}\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	for _, own := range []bool{false, true} { // where it is true, there is no other build
		r, err := Explore(t.Context(), Options{Dir: root, Env: os.Environ(), Patterns: []string{"./..."}, Race: true, Budget: Normal, Own: own})
		require.NoError(t, err)
		require.Len(t, r.Packages, 2)
		bad, newer := r.Packages[0], r.Packages[1]
		assert.True(t, bad.Broken)
		assert.Contains(t, bad.Reason, "cannot use")
		assert.Contains(t, newer.Reason, "requires go1.22 or later")
		assert.NotContains(t, newer.Reason, "file declares")
		assert.Equal(t, !own, strings.HasPrefix(bad.Reason, "the package does not build: bad/bad_test.go:5:"), bad.Reason)
	}
}

// Why a package cannot be explored is not hidden by a test that it therefore does not have.
func TestReasonStays(t *testing.T) {
	s := &Session{Options: Options{Test: "TestA"}}
	elsewhere, empty := &target{reason: "it is in another module"}, &target{}
	s.choose(elsewhere)
	s.choose(empty)
	assert.Equal(t, "it is in another module", elsewhere.reason)
	assert.Equal(t, "the package has no test", empty.reason)
}
