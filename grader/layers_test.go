package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layers lists the packages from the bottom up. A package imports only from
// layers below its own.
var layers = [][]string{
	{"counted", "harmless", "harmless/attack", "junit", "sampled", "workflow"},
	{"kata", "kept", "sandbox", "scratch", "progress", "explored", "explore/instrument", "explore/rt/wire", "explore/rt/search"},
	{"evidence", "play", "recall", "run", "explored/held", "explore/rt/sched"},
	{"submission", "diagnose", "page", "profile", "forced"},
	{"build", "grade", "mutate", "explore", "explore/rt/vatomic", "explore/rt/vgoleak", "explore/rt/vlog", "explore/rt/vnet", "explore/rt/vos", "explore/rt/vrand", "explore/rt/vrand2", "explore/rt/vruntime", "explore/rt/vsignal", "explore/rt/vsync", "explore/rt/vtesting"},
	{"check", "report", "explore/rt/vio", "explore/rt/vsynctest", "explore/rt/vslogtest"},
	{"verify", "watch"},
	{"cli"},
}

const internal = "heisenkata/grader/internal/"

func layerOf(name string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, name) })
}

func TestImportsRunDownwards(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", "{{.ImportPath}}: {{join .Imports \" \"}}", "./internal/...").Output()
	require.NoError(t, err)
	seen := 0
	for line := range strings.Lines(string(out)) {
		importer, imports, _ := strings.Cut(strings.TrimSpace(line), ": ")
		from, ok := strings.CutPrefix(importer, internal)
		require.True(t, ok, line)
		seen++
		if !assert.GreaterOrEqual(t, layerOf(from), 0, "%s has no layer: give it one", from) {
			continue
		}
		for imported := range strings.FieldsSeq(imports) {
			if to, ok := strings.CutPrefix(imported, internal); ok {
				assert.Less(t, layerOf(to), layerOf(from), "%s imports %s, which is not below it", from, to)
			}
		}
	}
	assert.Equal(t, len(slices.Concat(layers...)), seen, "every layer's package exists")
}

// Grade, report and page are pure: a saved report renders on a machine without Go.
func TestGradeAndReportRunNothing(t *testing.T) {
	for _, name := range []string{"grade", "report", "page"} {
		out, err := exec.Command("go", "list", "-f", "{{join .Imports \" \"}}", "./internal/"+name).Output()
		require.NoError(t, err)
		for imported := range strings.FieldsSeq(string(out)) {
			assert.NotContains(t, []string{"os", "os/exec", "net", "time"}, imported, name)
		}
	}
}
