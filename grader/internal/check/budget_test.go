package check

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
)

// When the processes of a fix have spent its budget, no more of them run. The
// remaining tests are out of time, which is a verdict and not an error.
func TestBudgetEndsInAVerdict(t *testing.T) {
	for name, took := range map[string]struct{ cpu, wall time.Duration }{
		"processor time": {cpu: budgetCPU + 1},
		"15m0s":          {wall: budgetWall + 1},
	} {
		tr := scenario()
		tr.bench.lab, tr.bench.budget = &Lab{}, newBudget(Normal, false)
		tr.bench.budget.charge(took.cpu/2, took.wall/2)
		assert.Nil(t, tr.bench.outOfBudget(tr.test), name)
		tr.bench.budget.charge(took.cpu/2+1, took.wall/2+1)
		o, err := tr.once(t.Context(), build.Race, "no such program", sample{})
		require.NoError(t, err, name)
		assert.Equal(t, evidence.Timeout, o.Verdict)
		assert.False(t, o.Doubtful, "no machine is to blame")
		require.NotNil(t, o.Finding)
		assert.Contains(t, o.Finding.Summary, name)
		tr.bench.budget.renew()
		assert.Nil(t, tr.bench.outOfBudget(tr.test), "every grading begins anew")
	}
}

// A thorough grading may take more.
func TestBudgetGrowsWithTheEffort(t *testing.T) {
	assert.Equal(t, newBudget(Quick, false).maxCPU, newBudget(Normal, false).maxCPU)
	assert.Greater(t, newBudget(Thorough, false).maxCPU, newBudget(Normal, false).maxCPU)
	assert.Greater(t, newBudget(Thorough, false).mostWall, newBudget(Normal, false).mostWall)
}
