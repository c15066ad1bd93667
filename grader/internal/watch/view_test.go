package watch

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each step leads to a screen, which testdata has at two sizes.
var screens = []struct {
	name string
	step func(d *desk)
}{
	{"1-starting", func(*desk) {}},
	{"2-early", func(d *desk) {
		early := graded(exercises[0], evidence.Deadlock)
		early.Exercises[0].Points = nil
		d.last().tell(Progress{Done: 1, Total: 2, Early: &early})
		d.settle()
	}},
	{"3-failed", func(d *desk) { d.finish(graded(exercises[0], evidence.Race), nil) }},
	{"4-hint", func(d *desk) { d.press("h") }},
	{"5-saved", func(d *desk) { d.save(exercises[0]) }},
	{"6-passed", func(d *desk) { d.finish(graded(exercises[0], evidence.Pass), nil) }},
	{"7-list", func(d *desk) { d.press("l") }},
	{"8-search", func(d *desk) { d.press("/", "t", "i") }},
	{"9-opened", func(d *desk) { d.press("enter") }},
}

func TestScreens(t *testing.T) {
	for _, size := range []struct {
		name          string
		columns, rows int
	}{{"80x24", 80, 24}, {"200x50", 200, 50}} {
		atDesk(t, func(d *desk) {
			d.resize(size.columns, size.rows)
			for _, s := range screens {
				s.step(d)
				golden(t, filepath.Join("testdata", size.name, s.name+".golden"), d.view())
			}
		})
	}
}

func golden(t *testing.T, file, view string) {
	var got strings.Builder
	for row := range strings.SplitSeq(view, "\n") {
		got.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(got.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got.String(), file)
}
