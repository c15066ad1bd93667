package explored

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

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

func terminal(t testing.TB, r Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteTerminal(&b, r, o))
	return b.String()
}

func markdown(t testing.TB, r Report) string {
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

func TestColourAddsNothingButColour(t *testing.T) {
	plain, coloured := terminal(t, everyVerdict(), Options{}), terminal(t, everyVerdict(), Options{Color: true})
	assert.NotContains(t, plain, "\x1b")
	assert.Contains(t, coloured, "\x1b[")
	assert.Equal(t, len(strings.Split(plain, "\n")), len(strings.Split(coloured, "\n")))
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

// Several tests that leave the same goroutine behind, or race on the same two lines, are
// told once, and each can be replayed.
func TestOneCauseIsToldOnce(t *testing.T) {
	left := func(name string, line int) Test {
		return Test{
			Name: name, Verdict: Leak, Schedule: "0~" + name, Summary: "g1 waits for jobs", Trace: []Step{{Goroutine: 1, File: "x.go", Line: line, Source: "for range jobs {", Operation: "receive"}},
			Waiting: []Waiting{{Goroutine: len(name), File: "x.go", Line: line, Operation: "receive", HeldBy: -1}},
		}
	}
	failed := left("TestC", 7)
	failed.FailedAt = &Place{File: "x_test.go", Line: 3}
	text := terminal(t, Report{Packages: []Package{{Package: "p", Tests: []Test{left("TestA", 7), left("TestBeta", 7), left("TestOther", 8), failed}}}}, Options{})
	assert.Equal(t, 1, strings.Count(text, "as in TestA: g1 waits for jobs"), text)
	assert.Equal(t, 3, strings.Count(text, "What ran in"), text)
	assert.Equal(t, 4, strings.Count(text, "    again: "), text)
}
