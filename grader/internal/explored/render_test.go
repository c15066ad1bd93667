package explored

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".golden")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func terminal(t *testing.T, r Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteTerminal(&b, r, o))
	return b.String()
}

func markdown(t *testing.T, r Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteMarkdown(&b, r))
	return b.String()
}

func samples() map[string]Report {
	return map[string]Report{
		"verdicts": everyVerdict(), "waiting": only(waitingTest()), "four": only(manyTest(4)), "six": only(manyTest(6)),
		"long": only(longTest()), "hostile": only(hostileTest()),
	}
}

func TestGolden(t *testing.T) {
	for name, r := range samples() {
		for _, width := range []int{80, 200} {
			t.Run(fmt.Sprint(name, width), func(t *testing.T) {
				golden(t, fmt.Sprintf("%s.%d", name, width), terminal(t, r, Options{Width: width}))
			})
		}
		t.Run(name+"markdown", func(t *testing.T) { golden(t, name+".markdown", markdown(t, r)) })
	}
	t.Run("colour", func(t *testing.T) { golden(t, "colour", terminal(t, everyVerdict(), Options{Width: 80, Color: true})) })
}

// No line is wider than the terminal, but for a command to copy.
func TestEveryLineFits(t *testing.T) {
	for name, r := range samples() {
		for _, width := range []int{40, 60, 80, 120, 200} {
			for line := range strings.Lines(terminal(t, r, Options{Width: width})) {
				if line = strings.TrimRight(line, "\n"); !strings.Contains(line, "again: ") {
					assert.LessOrEqual(t, lipgloss.Width(line), width, "%s at %d: %s", name, width, line)
				}
			}
		}
	}
}

// What a learner writes steers no terminal, in any format.
func TestNothingHostileGetsThrough(t *testing.T) {
	var j bytes.Buffer
	require.NoError(t, WriteJSON(&j, only(hostileTest())))
	for name, text := range map[string]string{
		"json": j.String(), "markdown": markdown(t, only(hostileTest())),
		"80": terminal(t, only(hostileTest()), Options{Width: 80}), "200": terminal(t, only(hostileTest()), Options{Width: 200}),
	} {
		for _, r := range text {
			assert.True(t, r == '\n' || unicode.IsPrint(r), "%s writes %q", name, r)
		}
	}
}

func TestColourAddsNothingButColour(t *testing.T) {
	plain, coloured := terminal(t, everyVerdict(), Options{}), terminal(t, everyVerdict(), Options{Color: true})
	assert.NotContains(t, plain, "\x1b")
	assert.Contains(t, coloured, "\x1b[")
	assert.Equal(t, len(strings.Split(plain, "\n")), len(strings.Split(coloured, "\n")))
}

// The fence around a picture is longer than any in it.
func TestFencesHold(t *testing.T) {
	for _, text := range []string{"a", "```", "````\n```"} {
		block := fenced("text", text)
		fence, _, _ := strings.Cut(block, "text\n")
		assert.Equal(t, 2, strings.Count(block, fence), text)
	}
}

func TestMarkdownStaysUnderGitHubsLimit(t *testing.T) {
	r := everyVerdict()
	for range 3000 {
		r.Packages[0].Tests = append(r.Packages[0].Tests, wrongTest())
	}
	text := markdown(t, r)
	assert.Less(t, len(text), 1<<20)
	assert.Contains(t, text, "left out here")
}
