package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explored"
)

// That nothing was found means something only where tests end.
func TestNothingFound(t *testing.T) {
	pass, proven, running, skipped := explored.Test{Verdict: explored.Pass}, explored.Test{Verdict: explored.Pass, Different: 6}, explored.Test{Verdict: explored.Running}, explored.Test{Verdict: explored.Skipped}
	for want, tests := range map[string][]explored.Test{
		"These tests do not end": {running, skipped},
		"nothing passed either":  {skipped},
		"were sampled":           {pass, running},
		"This is proven":         {proven},
		"Proven for 1 of 2":      {proven, pass},
	} {
		l := looked{report: explored.Report{Packages: []explored.Package{{Tests: tests}}}}
		assert.Contains(t, l.nothing(), want)
	}
}
