package cli

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
)

// What the caller can change is a usage error, and the grader's own trouble is not.
func TestExploreErrors(t *testing.T) {
	var usage usageError
	for _, err := range []error{explore.ErrNoPackage, explore.ErrNoGo, explore.ErrOldGo, explore.ErrNoCompiler} {
		assert.ErrorAs(t, exploreError(fmt.Errorf("%w; more", err)), &usage)
	}
	assert.False(t, errors.As(exploreError(errors.New("no space left")), &usage))
	closed := explored.Report{Packages: []explored.Package{{Tests: []explored.Test{{Verdict: explored.Unexplorable}}}}}
	assert.ErrorAs(t, exploreVerdict(closed), &usage)
	closed.Packages[0].Tests[0].Verdict = explored.Timing
	assert.NoError(t, exploreVerdict(closed))
}
