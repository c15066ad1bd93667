package grade

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/evidence"
)

// The evidence of a passed exercise counts processes and schedules apart.
func TestStrength(t *testing.T) {
	check := func(detector string, runs int) evidence.Check {
		return evidence.Check{Detector: detector, Verdict: evidence.Pass, Runs: runs}
	}
	plain := Test{Checks: []evidence.Check{check("tests", 1), check("race", 11), check("leak", 18), check("repeat", 6)}}
	scenario := Test{Checks: []evidence.Check{check("tests", 1), check("race", 5), check("explore", 1137)}}
	assert.Equal(t, "no test failed in 18 runs: each fails in fewer than 15.3 % of runs, at 95 % confidence", Exercise{Tests: []Test{plain}}.Strength())
	assert.Equal(t, "no test failed in 18 runs: each fails in fewer than 15.3 % of runs, at 95 % confidence; each scenario held under at least 1137 schedules",
		Exercise{Tests: []Test{plain, scenario}}.Strength())
	proven := check("explore", 104)
	proven.Proven = true
	small := Test{Checks: []evidence.Check{proven}}
	assert.Equal(t, "no test failed in 18 runs: each fails in fewer than 15.3 % of runs, at 95 % confidence; 1 of 2 scenarios held under all different interleavings, the others under at least 1137 schedules",
		Exercise{Tests: []Test{plain, scenario, small}}.Strength())
	assert.Equal(t, "no test failed in 18 runs: each fails in fewer than 15.3 % of runs, at 95 % confidence; each scenario held under all different interleavings",
		Exercise{Tests: []Test{plain, small}}.Strength())
}
