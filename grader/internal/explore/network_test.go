package explore

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A version of Go whose package net is not what it is today keeps the real network.
func TestNetworkOfAnotherGo(t *testing.T) {
	real := &listed{Dir: t.TempDir(), GoFiles: []string{"dial.go"}}
	files, err := networkFiles(real)
	require.NoError(t, err)
	assert.Nil(t, files)

	theirs := networkFile
	networkFile += "\nvar heisenkataUnknown = unknown\n"
	defer func() { networkFile = theirs }()
	s := prepared(t, "judged", "network", Options{Budget: Budget{Schedules: 1, Time: Normal.Time, Steps: Normal.Steps}})
	require.NoError(t, s.Ready())
	assert.False(t, s.networked)
}
