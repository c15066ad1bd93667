package build

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/submission"
)

var exercise = kata.Exercise{ID: "y", Dir: "exercises/00-x/00-y", Files: []string{"y.go"}}

func TestCompilerErrorsAreFindings(t *testing.T) {
	found := buildFindings(exercise, []byte("# heisenkata/exercises/00-x/00-y\nexercises/00-x/00-y/y.go:4:2: undefined: foo\n./exercises/00-x/00-y/y_test.go:9:5: y.Bar undefined\n"))
	require.Len(t, found, 2)
	assert.Equal(t, "it does not compile: undefined: foo", found[0].Summary)
	assert.Equal(t, evidence.Place{File: "exercises/00-x/00-y/y.go", Line: 4, Role: "here"}, found[0].Places[0])
	assert.Contains(t, found[1].Meaning, "exported names", "the tests' complaint is about the learner's API")
}

// A package that has a stand-in is called what the learner calls it.
func TestImportsHaveTheLearnersNames(t *testing.T) {
	found := buildFindings(exercise, []byte("exercises/00-x/00-y/y.go:4:2: \""+submission.StandIns+"fmt\" imported and not used\n"))
	require.Len(t, found, 1)
	assert.Equal(t, `it does not compile: "fmt" imported and not used`, found[0].Summary)
}

// A build that broke for another reason is not the learner's.
func TestOtherTroubleIsNoFinding(t *testing.T) {
	for _, out := range []string{
		"", "/usr/local/go/pkg/tool/link: signal: killed\n", "write /tmp/x: no space left on device\n",
		"go: golang.org/x/sync@v0.1.0: module lookup disabled by GOPROXY=off\n", "other/z.go:1:1: broken\n",
	} {
		assert.Nil(t, buildFindings(exercise, []byte(out)), out)
		_, understood := vetFindings(exercise, []byte(out))
		assert.False(t, understood, out)
	}
}

// The go command replays the output of an earlier vet as it was, with the
// folder in which it ran.
func TestVetFindings(t *testing.T) {
	for _, prefix := range []string{"", "./", "vet: ", "/tmp/heisenkata-123/", "../heisenkata-7/"} {
		found, understood := vetFindings(exercise, []byte("# heisenkata/exercises/00-x/00-y\n"+prefix+"exercises/00-x/00-y/y.go:7:10: Stats passes lock by value\n"))
		require.Len(t, found, 1, prefix)
		assert.True(t, understood)
		assert.Equal(t, "go vet: Stats passes lock by value", found[0].Summary)
		assert.Equal(t, "exercises/00-x/00-y/y.go", found[0].Places[0].File)
	}
	found, understood := vetFindings(exercise, []byte("exercises/00-x/00-y/y_test.go:7:10: in a test of ours\n"))
	assert.Empty(t, found)
	assert.True(t, understood, "it speaks of the tests, which are not the learner's")
}

// Of what go test prints on the way, only the failure is told, from where it begins.
func TestFirstFailure(t *testing.T) {
	const before = "=== RUN   TestA\n    a_test.go:3: on the way\n"
	for _, failure := range []string{"--- FAIL: TestB (0.01s)\n    a_test.go:7: lost", "    --- FAIL: TestB/sub (0.01s)", "panic: x", "fatal error: y", "WARNING: DATA RACE\nWrite at", "# heisenkata/a\na.go:1:1: undefined: x"} {
		assert.Equal(t, strings.TrimSpace(failure), firstFailure([]byte(before+failure+"\n")), failure)
	}
	assert.Equal(t, "signal: killed", firstFailure([]byte("signal: killed\n")))
	assert.Len(t, strings.Split(firstFailure([]byte("panic: x\n"+strings.Repeat("goroutine\n", 100))), "\n"), failureLines)
}
