package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A file of which nothing can be read fills no screen with the numbers of its lines.
func TestLeftOutIsShort(t *testing.T) {
	lines := make([]int, 500_000)
	for i := range lines {
		lines[i] = i + 1
	}
	assert.Equal(t, "Lines 1, 2, 3 of .heisenkata-progress cannot be read and are left out; the others count.", leftOut(lines[:3]))
	assert.Contains(t, leftOut(lines), "9, 10 and 499990 more of .heisenkata-progress")
}
