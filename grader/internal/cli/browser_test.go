package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOpeners(t *testing.T) {
	assert.Equal(t, []string{"mine"}, openers("linux", "mine")[0])
	assert.Equal(t, []string{"xdg-open"}, openers("freebsd", "")[0])
	assert.Equal(t, [][]string{{"open"}}, openers("darwin", "mine"))
	assert.Equal(t, [][]string{{"rundll32", "url.dll,FileProtocolHandler"}}, openers("windows", ""))
}

// A command that fails has opened nothing; one that succeeds has.
func TestOpens(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	assert.True(t, opens(t.Context(), self, []string{"-test.run=^$"}))
	assert.False(t, opens(t.Context(), self, []string{"-no-such-flag"}))
	assert.False(t, opens(t.Context(), filepath.Join(t.TempDir(), "none"), nil))
}
