package verify

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

// A rate replaces the one of the same variant, and leaves the others.
func TestRatesAreKept(t *testing.T) {
	k, e := kata.Kata{Root: t.TempDir()}, kata.Exercise{Dir: "exercises/01-shared-state/01-hit-counter"}
	require.NoError(t, os.MkdirAll(filepath.Join(k.Root, filepath.FromSlash(e.Solution())), 0o755))
	none, err := ReadRates(k, e)
	require.NoError(t, err)
	assert.Equal(t, Rates{}, none)

	for _, step := range []struct {
		Variant
		Rate
	}{
		{Variant{Exercise: e, Kind: Starter}, Rate{Runs: 20, Failed: 19, Schedules: 3}},
		{Variant{Exercise: e, Kind: Wrong, Name: "spins"}, Rate{Runs: 1, Failed: 1}},
		{Variant{Exercise: e, Kind: Wrong, Name: "no-lock"}, Rate{Runs: 1}},
		{Variant{Exercise: e, Kind: Wrong, Name: "spins"}, Rate{Runs: 20, Failed: 2, Schedules: 7}},
	} {
		require.NoError(t, step.Add(k, step.Variant))
	}
	all, err := ReadRates(k, e)
	require.NoError(t, err)
	assert.Equal(t, Rates{
		Starter: &Rate{Runs: 20, Failed: 19, Schedules: 3},
		Wrong:   map[string]Rate{"spins": {Runs: 20, Failed: 2, Schedules: 7}, "no-lock": {Runs: 1}},
	}, all)

	require.NoError(t, os.WriteFile(filepath.Join(k.Root, filepath.FromSlash(e.Solution()), RatesFile), []byte("starter = 1"), 0o644))
	_, err = ReadRates(k, e)
	assert.ErrorContains(t, err, e.Solution()+"/rates.toml")
}

func TestMissed(t *testing.T) {
	for rate, missed := range map[Rate]bool{
		{Runs: 1, Failed: 1}: false, {Runs: 1}: true, {Runs: 20, Failed: 10}: false, {Runs: 20, Failed: 9}: true, {}: false,
	} {
		assert.Equal(t, missed, rate.Missed(), "%+v", rate)
	}
}

// Of the tests that fail under the explorer, the one that does so first counts.
func TestFewest(t *testing.T) {
	explored := func(v evidence.Verdict, runs int) grade.Test {
		return grade.Test{Checks: []evidence.Check{{Detector: "race", Verdict: evidence.Race, Runs: 1}, {Detector: "explore", Verdict: v, Runs: runs}}}
	}
	assert.Equal(t, 40, fewest(grade.Exercise{Tests: []grade.Test{explored(evidence.Pass, 3), explored(evidence.Fail, 200), explored(evidence.Leak, 40), {}}}))
	assert.Zero(t, fewest(grade.Exercise{Tests: []grade.Test{explored(evidence.Pass, 3)}}))
}
