package cli

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Something is always written to standard output: the terminal's report, unless a format
// is asked for there.
func TestTargets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "r")
	formats := map[string]bool{"terminal": true, "json": true, "html": true}
	screen := target{format: "terminal"}
	for _, c := range []struct {
		flags []string
		want  []target
	}{
		{nil, []target{screen}},
		{[]string{"json"}, []target{{"json", ""}}},
		{[]string{"json="}, []target{{"json", ""}}},
		{[]string{"json=" + file, "html=" + file}, []target{screen, {"json", file}, {"html", file}}},
		{[]string{"json=" + file, "html"}, []target{{"json", file}, {"html", ""}}},
		{[]string{"terminal=" + file}, []target{screen, {"terminal", file}}},
	} {
		got, err := targetsOf(c.flags, formats)
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%v", c.flags)
	}
	_, err := targetsOf([]string{"xml"}, formats)
	assert.Error(t, err)
}
