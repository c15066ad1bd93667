package main

import (
	"bytes"
	"flag"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/verify"
)

var update = flag.Bool("update", false, "write the tables that are made from the manifests")

// exercisesPage is made from the manifests: what there is, and which bugs of the published
// studies it has.
var exercisesPage = template.Must(template.New("page").Funcs(template.FuncMap{
	"level":  func(e kata.Exercise) string { return strings.Repeat("◆", e.Level) },
	"below":  func(dir string) string { return strings.TrimPrefix(dir, "exercises/") },
	"having": having,
	"rates":  func(kata.Exercise) *rateRow { return nil },
}).Parse(`# The exercises

<!-- This page is made from the manifests: go test ./grader -run TestTables -update -->

Each chapter's page says how to think about its family of bugs.

| chapter | exercise | level | about |
|---|---|---|---|
{{range .Exercises}}| [{{.Chapter}}]({{.Chapter}}) | [{{.ID}}]({{below .Dir}}) | {{level .}} | {{.Summary}} |
{{end}}
## What they cover

Four studies have sorted bugs of real Go programs, and flaky tests, into classes. This is where each class is practised.
{{range $study := .Studies}}
[{{.Title}}]({{.URL}}):

| class | exercises |
|---|---|
{{range .Classes}}| {{.Name}}{{if .Bugs}} ({{.Bugs}} of 171 bugs){{end}} | {{range $i, $e := having $.Exercises $study.ID .ID}}{{if $i}}, {{end}}[{{$e.ID}}]({{below $e.Dir}}){{else}}none yet{{end}} |
{{end}}{{end}}
## What repetition finds

First the code as you find it: how many runs of ` + "`go test -race -count=100`" + ` fail, and after how many schedules the explorer's first
test does. Then wrong fixes that were written to be hard to find: on how many of them this command was run, how many it passes more often than
not, and after how many schedules the explorer refuses one of those (the median). ` + "`go run ./grader verify --rates`" + ` measures it.

| exercise | runs that fail | first schedule | wrong fixes | of which it passes | schedule |
|---|---|---|---|---|---|
{{range .Exercises}}{{with rates .}}| [{{.ID}}]({{below .Dir}}) | {{.Failed}} of {{.Runs}} | {{.First}} | {{.Wrong}} | {{.Missed}} | {{.Median}} |
{{end}}{{end}}`))

// rateRow is an exercise's line of what repetition finds.
type rateRow struct {
	kata.Exercise
	Failed, Runs  int
	First, Median string // schedules; "–" if the explorer finds none
	Wrong, Missed int    // wrong fixes
}

// ratesOf sums up an exercise's rates; nil without any.
func ratesOf(k kata.Kata, e kata.Exercise) (*rateRow, error) {
	all, err := verify.ReadRates(k, e)
	if err != nil || all.Starter == nil {
		return nil, err
	}
	row := &rateRow{Exercise: e, Failed: all.Starter.Failed, Runs: all.Starter.Runs, First: dash(all.Starter.Schedules), Wrong: len(all.Wrong)}
	var schedules []int
	for _, r := range all.Wrong {
		if !r.Missed() {
			continue
		}
		if row.Missed++; r.Schedules > 0 {
			schedules = append(schedules, r.Schedules)
		}
	}
	slices.Sort(schedules)
	if row.Median = "–"; len(schedules) > 0 {
		row.Median = dash(schedules[len(schedules)/2])
	}
	return row, nil
}

func dash(n int) string {
	if n == 0 {
		return "–"
	}
	return strconv.Itoa(n)
}

// Each exercise has rates. At least eight have wrong fixes that repetition passes more often than not, and the
// rates are those of starters and wrong fixes that exist.
func TestRates(t *testing.T) {
	k, err := kata.Load("..")
	require.NoError(t, err)
	require.NoError(t, k.Broken)
	missing := 0
	for _, e := range k.Exercises {
		row, err := ratesOf(k, e)
		require.NoError(t, err)
		require.NotNil(t, row, "%s has no rates: go run ./grader verify %s --rates --only starter,wrong", e.ID, e.ID)
		if row.Missed > 0 {
			missing++
		}
		all, err := verify.ReadRates(k, e)
		require.NoError(t, err)
		for name := range all.Wrong {
			assert.DirExists(t, "../"+e.Solution()+"/testdata/wrong/"+name, "%s/%s has rates of a wrong fix that does not exist", e.Solution(), verify.RatesFile)
		}
	}
	assert.GreaterOrEqual(t, missing, 8, "exercises with wrong fixes that go test -race -count=100 passes")
}

// having returns the exercises of a class.
func having(all []kata.Exercise, study, class string) (some []kata.Exercise) {
	for _, e := range all {
		if slices.Contains(e.Classes, study+"/"+class) {
			some = append(some, e)
		}
	}
	return some
}

// readmeRow is an exercise's line in README.md.
func readmeRow(e kata.Exercise) string {
	return "| [" + e.ID + "](" + e.Dir + ") | " + strings.Repeat("◆", e.Level) + " | " + e.Summary + " |"
}

// README.md and exercises/README.md list the exercises as the manifests have them.
func TestTables(t *testing.T) {
	k, err := kata.Load("..")
	require.NoError(t, err)
	require.NoError(t, k.Broken)
	var page bytes.Buffer
	rates := template.FuncMap{"rates": func(e kata.Exercise) (*rateRow, error) { return ratesOf(k, e) }}
	require.NoError(t, exercisesPage.Funcs(rates).Execute(&page, struct {
		Exercises []kata.Exercise
		Studies   []kata.Study
	}{k.Exercises, kata.Studies}))
	holds(t, "../exercises/README.md", page.String())

	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	rows := []string{}
	for _, e := range k.Exercises {
		rows = append(rows, readmeRow(e))
	}
	head := "| exercise | level | about |\n|---|---|---|\n"
	before, after, found := strings.Cut(string(readme), head)
	require.True(t, found, "README.md has no table of exercises")
	_, after, found = strings.Cut(after, "\n\n")
	require.True(t, found, "nothing follows README.md's table of exercises")
	holds(t, "../README.md", before+head+strings.Join(rows, "\n")+"\n\n"+after)
}

// Each chapter's page links to its exercises.
func TestChaptersLinkToTheirExercises(t *testing.T) {
	k, err := kata.Load("..")
	require.NoError(t, err)
	require.NoError(t, k.Broken)
	for _, e := range k.Exercises {
		page := path.Dir(e.Dir) + "/README.md"
		text, err := os.ReadFile("../" + page)
		require.NoError(t, err)
		assert.True(t, linksTo(string(text), e), "%s does not link to %s; add a line to its table: | [%s](%s) | what the code does |", page, e.ID, e.ID, path.Base(e.Dir))
	}
}

// linksTo reports whether a chapter's page has a link to an exercise of it.
func linksTo(page string, e kata.Exercise) bool {
	return strings.Contains(page, "["+e.ID+"]("+path.Base(e.Dir)+")")
}

// A page that only names an exercise, or links to another folder, does not link to it.
func TestLinksTo(t *testing.T) {
	e := kata.Exercise{ID: "hit-counter", Dir: "exercises/01-shared-state/01-hit-counter"}
	for page, links := range map[string]bool{
		"| [hit-counter](01-hit-counter) | counts |": true,
		"| [hit-counter](02-hit-counter) | counts |": false,
		"| hit-counter | counts |":                   false,
		"":                                           false,
	} {
		assert.Equal(t, links, linksTo(page, e), page)
	}
}

// holds checks that a file has a text, or writes it.
func holds(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	is, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, text, string(is), "go test ./grader -run TestTables -update writes %s", strings.TrimPrefix(file, "../"))
}
