package cli

import (
	"errors"
	"fmt"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
)

// What the caller can change is a usage error, and the grader's own trouble is not.
func TestExploreErrors(t *testing.T) {
	var usage usageError
	for _, err := range []error{explore.ErrNoPackage, explore.ErrNoGo, explore.ErrOldGo, explore.ErrNoCompiler, explore.ErrNoCgo, explore.ErrNoModule} {
		assert.ErrorAs(t, exploreError(fmt.Errorf("%w; more", err)), &usage)
	}
	assert.False(t, errors.As(exploreError(errors.New("no space left")), &usage))
	closed := explored.Report{Packages: []explored.Package{{Tests: []explored.Test{{Verdict: explored.Unexplorable}}}}}
	assert.ErrorAs(t, exploreVerdict(closed, nil, true), &usage)
	closed.Packages[0].Tests[0].Verdict = explored.Timing
	assert.NoError(t, exploreVerdict(closed, nil, true))
}

// A package that does not build or is not there is the caller's to change, whatever
// passes elsewhere; only a finding comes before it. One without tests is no fault.
func TestBrokenPackages(t *testing.T) {
	of := func(verdict explored.Verdict, other explored.Package) explored.Report {
		return explored.Report{Packages: []explored.Package{{Tests: []explored.Test{{Verdict: verdict}}}, other}}
	}
	broken := explored.Package{Package: "bad", Reason: "it does not build", Broken: true}
	var usage usageError
	assert.ErrorAs(t, exploreVerdict(of(explored.Pass, broken), nil, true), &usage)
	assert.ErrorIs(t, exploreVerdict(of(explored.Wrong, broken), nil, true), errFellShort)
	assert.EqualError(t, exploreVerdict(of(explored.Pass, broken), nil, true), "some of what you asked for was not explored; the reasons are above")
	assert.ErrorContains(t, exploreVerdict(of(explored.Pass, broken), nil, false), "explored: bad: it does not build")
	assert.NoError(t, exploreVerdict(of(explored.Pass, explored.Package{Reason: explored.NoTests}), nil, true))
	assert.NoError(t, exploreVerdict(of(explored.Pass, explored.Package{Reason: "it uses cgo"}), nil, true))
}

// Where no test runs, the error says what was asked for, and what there is.
func TestNoTestRuns(t *testing.T) {
	asked := regexp.MustCompile("TestNope")
	there := explored.Report{Unchosen: []string{"TestA", "TestB"}}
	assert.EqualError(t, exploreVerdict(there, asked, true), "nothing was explored: no test has a name that matches TestNope; there are: TestA, TestB")
	there.Unchosen = []string{"T1", "T2", "T3", "T4", "T5", "T6", "T7"}
	assert.ErrorContains(t, exploreVerdict(there, asked, true), "T4, T5 and 2 more")
	other := explored.Report{Packages: []explored.Package{{NotExplored: []string{"FuzzA", "Example"}}}}
	assert.EqualError(t, exploreVerdict(other, regexp.MustCompile(""), true), "nothing was explored: there are no tests, only 1 fuzz test and 1 example")
}

// A pattern is split as go test splits it, and what would mean something else is refused.
func TestChosen(t *testing.T) {
	for text, want := range map[string][]string{
		"": {""}, "TestA": {"TestA"}, "TestA/b/c": {"TestA", "b", "c"}, "TestA/": {"TestA", ""},
		"TestA/(x/y|z)": {"TestA", "(x/y|z)"}, "TestA/[/|]": {"TestA", "[/|]"}, `TestA\/b`: {`TestA\/b`}, "TestA|TestB": {"TestA|TestB"},
	} {
		tests, subs, err := chosen(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, append([]string{tests.String()}, subs...), text)
	}
	for _, text := range []string{"(", "TestA/(", "TestA/x|TestB/y"} {
		_, _, err := chosen(text)
		assert.Error(t, err, text)
	}
}
