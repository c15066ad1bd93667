package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

// Packages that are rewritten in a process of its own are explored as others are: with
// the same finding, at the same lines.
func TestRewrittenApart(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":      "module apart\n\ngo 1.25\n",
		"add.go":      "package apart\n\nvar N int\n\nfunc Add() { N++ }\n",
		"add_test.go": "package apart\n\nimport \"testing\"\n\nfunc TestAdd(t *testing.T) {\n\tdone := make(chan int)\n\tgo func() { Add(); close(done) }()\n\tAdd()\n\t<-done\n}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	apart := 0
	explore := func(confine func(*run.Command, string)) explored.Test {
		r, err := Explore(t.Context(), Options{Dir: root, Env: os.Environ(), Patterns: []string{"."}, Run: regexp.MustCompile("TestAdd"), Race: true, Budget: Normal, Processors: 1, Confine: confine})
		require.NoError(t, err)
		require.Len(t, r.Packages[0].Tests, 1, r.Packages[0].Reason)
		test := r.Packages[0].Tests[0]
		test.Seconds, test.Detail = 0, "" // which has addresses
		return test
	}
	here := explore(nil)
	there := explore(func(c *run.Command, _ string) {
		if c.Args[0] == rewriteWord {
			apart++
			c.Env = os.Environ()
		}
	})
	assert.Equal(t, 1, apart)
	assert.Equal(t, explored.Race, here.Verdict)
	assert.Equal(t, here, there)
}

// Whatever a process that rewrites comes to, there is an answer or a reason.
func TestAnswered(t *testing.T) {
	for why, c := range map[string]struct {
		result run.Result
		text   string
	}{
		"not read after":        {run.Result{TimedOut: true}, `{"Files":[]}`},
		"share of memory":       {run.Result{Exceeded: "memory"}, `{"Files":[]}`},
		"exit code 2: fatal":    {run.Result{ExitCode: 2, Output: []byte("fatal error: out of memory\n")}, ""},
		"exit code 0":           {run.Result{}, `{"Files":[{"Path":"x","Te`},
		"has no package clause": {run.Result{}, `{"Error":"x.go has no package clause"}`},
	} {
		_, err := answered(c.result, []byte(c.text))
		assert.ErrorContains(t, err, why)
	}
	out, err := answered(run.Result{}, []byte(`{"Files":[{"Path":"x","Text":"eQ=="}]}`))
	require.NoError(t, err)
	assert.Equal(t, []file{{"x", []byte("y")}}, out.Files)
}

func TestBounded(t *testing.T) {
	b := &bounded{most: 5}
	_, err := b.Write([]byte("12345"))
	require.NoError(t, err)
	_, err = b.Write([]byte("6"))
	assert.ErrorContains(t, err, "too large")
	assert.True(t, strings.HasPrefix(b.String(), "12345"))
}
