package explored_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/explored/held"
	"heisenkata/grader/internal/sampled"
)

// recorded is what exploring every starter and every wrong fix has found; package
// explore records it.
func recorded(t *testing.T) explored.Report {
	t.Helper()
	file, err := os.Open("testdata/findings.json.gz")
	require.NoError(t, err)
	defer func() { assert.NoError(t, file.Close()) }()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	var r explored.Report
	require.NoError(t, json.NewDecoder(z).Decode(&r))
	return r
}

// assertFits checks that no line of a picture is too wide, but for its caption:
// that is prose, which its reader wraps.
func assertFits(t *testing.T, picture string, columns int) {
	t.Helper()
	for line := range strings.Lines(picture) {
		if strings.HasPrefix(line, "What ran") {
			continue
		}
		assert.LessOrEqual(t, lipgloss.Width(strings.TrimSuffix(line, "\n")), columns, line)
	}
}

// Whatever the sentence about a finding names, its picture has: every position,
// every goroutine, every object, at any width.
func TestPicturesHoldWhatIsNamed(t *testing.T) {
	findings := 0
	for _, p := range recorded(t).Packages {
		for _, test := range p.Tests {
			findings++
			for _, columns := range sampled.Of(test.Name+test.Summary, []int{72, 78, 200}) {
				picture := explored.Picture(test, columns)
				assertFits(t, picture, columns)
				assert.Empty(t, held.Missing(test, picture), "%s, %s at %d columns: %s\n%s", p.Package, test.Name, columns, test.Summary, picture)
			}
		}
	}
	assert.Greater(t, findings, 100)
}
