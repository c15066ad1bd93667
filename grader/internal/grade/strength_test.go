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
	assert.Equal(t, "0 of 18 runs of each test failed: under 15.3 % at 95 % confidence", Exercise{Tests: []Test{plain}}.Strength())
	assert.Equal(t, "0 of 18 runs of each test failed: under 15.3 % at 95 % confidence; each scenario held under 1137 schedules or more",
		Exercise{Tests: []Test{plain, scenario}}.Strength())
	proven := check("explore", 104)
	proven.Proven = true
	small := Test{Checks: []evidence.Check{proven}}
	assert.Equal(t, "0 of 18 runs of each test failed: under 15.3 % at 95 % confidence; each scenario held under 1137 schedules or more, or under all that differ (1 of 2)",
		Exercise{Tests: []Test{plain, scenario, small}}.Strength())
	assert.Equal(t, "0 of 18 runs of each test failed: under 15.3 % at 95 % confidence; each scenario held under all schedules that differ",
		Exercise{Tests: []Test{plain, small}}.Strength())
}
