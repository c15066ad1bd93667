package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/sampled"
)

// testdata/screens has what the grader found of every starter, every model fix
// and every wrong fix, without what differs from run to run, and beside it the
// screen of `run` at 80 columns and 24 lines. To grade them all anew:
//
//	go test ./grader/internal/verify -run TestRecordScreens -record -timeout 2h
//	go test ./grader/internal/report -run TestScreens -update
func recordings(t *testing.T) map[string]grade.Report {
	files, err := filepath.Glob("testdata/screens/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := map[string]grade.Report{}
	for _, file := range files {
		var r grade.Report
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &r), file)
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = r
	}
	return all
}

func TestScreens(t *testing.T) {
	for name, r := range recordings(t) {
		t.Run(name, func(t *testing.T) {
			got := shownAt(t, r, Options{})
			file := filepath.Join("testdata", "screens", name+".golden")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// Whatever was found, the screen holds all that a learner needs of one failure,
// in the order in which it is best understood: each in a window of one of three sizes.
// HEISENKATA_ALL=1 takes all three.
func TestEveryScreenIsOneScreen(t *testing.T) {
	for name, r := range recordings(t) {
		for _, size := range sampled.Of(name, []struct{ columns, lines int }{{80, 24}, {100, 30}, {200, 50}}) {
			text := shownAt(t, r, Options{Width: size.columns, Height: size.lines})
			t.Run(name, func(t *testing.T) { assertOneScreen(t, r.Exercises[0], text, size.columns, size.lines) })
		}
	}
}

func assertOneScreen(t *testing.T, e grade.Exercise, text string, columns, lines int) {
	assertFits(t, text, columns)
	rows := 0
	for line := range strings.Lines(text) {
		rows += max(1, (lipgloss.Width(strings.TrimRight(line, "\n"))+columns-1)/columns)
	}
	assert.Less(t, rows, lines, "the last line is the shell's")
	assert.Contains(t, text, "next: ")
	if e.Verdict == evidence.Pass {
		assertWhole(t, e.Learnt, text)
		assert.Contains(t, text, "solution "+e.ID)
		return
	}
	f, ok := shown(e.Failures())
	require.True(t, ok)
	assert.Len(t, regexp.MustCompile(`(?m)^ *again: `).FindAllString(text, -1), 1)
	assertWhole(t, f.Story, text)
	if f.Why.Explored != nil {
		assert.Contains(t, text, "\n  ━━ ", "it has a picture")
		assert.Less(t, strings.Index(text, strings.Fields(f.Story)[0]), strings.Index(text, "\n  ━━ "), "the story goes first")
	}
}

// assertWhole checks that a text is shown word by word, none of them broken, to
// its end, to where it says that it was cut, or to a word that is longer than a line.
func assertWhole(t *testing.T, text, on string) {
	words, shown := strings.Fields(text), strings.Fields(on)
	best := 0
	for at := range shown {
		n := 0
		for n < len(words) && at+n < len(shown) && shown[at+n] == words[n] {
			n++
		}
		if n == len(words) || n > 2 && (strings.HasSuffix(shown[at+n], "…") || len(words[n]) > 200 && strings.HasPrefix(words[n], shown[at+n])) {
			return
		}
		best = max(best, n)
	}
	assert.Fail(t, "it is not shown word by word", "%d words of %q in\n%s", best, text, on)
}

// What is recorded does not tell one machine or run from another.
func TestRecordingsHoldWhatStaysTheSame(t *testing.T) {
	size, all := 0, recordings(t)
	for name, r := range all {
		text, err := os.ReadFile(filepath.Join("testdata", "screens", name+".json"))
		require.NoError(t, err)
		size += len(text)
		assert.NotContains(t, string(text), "/tmp/", name)
		assert.NotRegexp(t, `0x[0-9a-f]{6}`, string(text), name)
		require.Len(t, r.Exercises, 1, name)
	}
	assert.Less(t, size, len(all)*64<<10, "they are small enough to keep")
}

// Every starter, every model fix and some wrong fixes of each exercise are recorded, and
// nothing that does not exist any more.
func TestVariantsAreRecorded(t *testing.T) {
	const enough = 6 // wrong fixes; all of hundreds would take half an hour to record again
	recorded, wrong := recordings(t), map[string]int{}
	exists := map[string]bool{}
	for pattern, name := range map[string]func(id, dir string) string{
		"../../../exercises/*/*/testdata/starter":      func(id, _ string) string { return id + ".starter" },
		"../../../solutions/*/*/*.go":                  func(id, _ string) string { return id + ".model" },
		"../../../solutions/*/*/testdata/wrong/*/*.go": func(id, dir string) string { return id + ".wrong." + dir },
	} {
		found, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range found {
			parts := strings.Split(filepath.ToSlash(file), "/")
			_, id, _ := strings.Cut(parts[5], "-")
			variant := name(id, parts[len(parts)-2])
			exists[variant] = true
			if _, ok := recorded[variant]; ok && strings.Contains(variant, ".wrong.") {
				wrong[id]++
			}
			if !strings.Contains(variant, ".wrong.") {
				assert.Contains(t, recorded, variant)
				wrong[id] += 0
			}
		}
	}
	for name := range recorded {
		assert.True(t, exists[name], "there is no %s any more", name)
	}
	for id, n := range wrong {
		assert.GreaterOrEqual(t, n, enough, id)
	}
}
