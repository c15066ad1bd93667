package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/sandbox"
	"heisenkata/grader/internal/submission"
)

// A version of Go that the litmus suite has not been through is no full protection.
func TestNewGoIsPartial(t *testing.T) {
	full := sandbox.Protection{Level: sandbox.Full, Missing: []string{}}
	assert.Equal(t, full, withGo(full, submission.TestedGo))
	assert.Equal(t, full, withGo(full, submission.TestedGo+".8"))
	none := sandbox.Protection{Level: sandbox.None}
	assert.Equal(t, sandbox.None, withGo(none, "go1.99").Level)
	for _, version := range []string{"go1.2", submission.TestedGo + "0", "go1.99.1", "devel go1.99-abc", ""} {
		p := withGo(full, version)
		assert.Equal(t, sandbox.Partial, p.Level, version)
		assert.Len(t, p.Missing, 1, version)
		assert.Contains(t, p.Explain(), "litmus", version)
	}
}
