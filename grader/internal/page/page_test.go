package page

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless/attack"
	"heisenkata/grader/internal/sampled"
)

func pageOf(t testing.TB, d Document) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, d))
	return b.String()
}

// recorded is what exploring every starter and every wrong fix has found.
func recorded(t testing.TB) (list []explored.Test) {
	t.Helper()
	file, err := os.Open("../explored/testdata/findings.json.gz")
	require.NoError(t, err)
	defer func() { assert.NoError(t, file.Close()) }()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	var r explored.Report
	require.NoError(t, json.NewDecoder(z).Decode(&r))
	for _, p := range r.Packages {
		list = append(list, p.Tests...)
	}
	return list
}

// screens are the findings of gradings of every starter and every wrong fix.
func screens(t testing.TB) (list []explored.Test) {
	t.Helper()
	files, err := filepath.Glob("../report/testdata/screens/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		var r struct {
			Exercises []struct {
				Tests []struct {
					Checks []struct {
						Finding *struct{ Explored *explored.Test }
					}
				}
			}
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &r))
		for _, test := range r.Exercises[0].Tests {
			for _, c := range test.Checks {
				if c.Finding != nil && c.Finding.Explored != nil && len(c.Finding.Explored.Trace) > 0 {
					list = append(list, *c.Finding.Explored)
				}
			}
		}
	}
	return list
}

var (
	position  = regexp.MustCompile(`[\w.-]+\.go:\d+`)
	goroutine = regexp.MustCompile(`\b(?:g\d+|the test)\b`)
	markup    = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|<svg.*?</svg>|<[^>]*>`)
)

// named are the positions and goroutines in the sentence of a finding whose words are ours.
func named(t explored.Test) (names []string) {
	if t.Verdict == explored.Wrong || t.Verdict == explored.Panic {
		return nil
	}
	names = append(position.FindAllString(t.Summary, -1), goroutine.FindAllString(t.Summary, -1)...)
	slices.Sort(names)
	return slices.Compact(names)
}

// words is the text of a page without its drawings: what a screen reader reads.
func words(page string) string {
	return strings.Join(strings.Fields(html.UnescapeString(markup.ReplaceAllString(page, " "))), " ")
}

func says(text, name string) bool {
	return regexp.MustCompile(`(?:^|[^\w.-])` + regexp.QuoteMeta(name) + `(?:$|\W)`).MatchString(text)
}

// Whatever the sentence about a finding names, its page has beside that sentence: every
// position and every goroutine. No page is too large, and each row of the drawing is in the
// table of steps.
func TestPagesHoldWhatIsNamed(t *testing.T) {
	all, held := append(recorded(t), screens(t)...), 0
	assert.Greater(t, len(all), 300)
	all = slices.DeleteFunc(all, func(test explored.Test) bool { return !sampled.In(test.Name+test.Summary, 3) })
	assert.Greater(t, len(all), 100)
	for _, test := range all {
		what := fmt.Sprintf("%s: %s", test.Name, test.Summary)
		page := pageOf(t, Document{Parts: []Part{{Findings: []Finding{{Test: &test}}}}})
		text := words(page)
		for _, name := range named(test) {
			assert.True(t, says(text, name), "%s is missing: %s", name, what)
			held++
		}
		assert.Less(t, len(page), Limit, what)
		assert.Empty(t, attack.HTML(page), what)
		assert.Equal(t, strings.Count(page, "<rect class=\"back\""), strings.Count(page, "<tr data-step="), what)
	}
	assert.Greater(t, held, 150)
}

// full is a report in which every string is a text.
func full(text string, v explored.Verdict) explored.Report {
	r := attack.Fill[explored.Report](text, 2)
	for i := range r.Packages {
		r.Packages[i].Reason = ""
		for j := range r.Packages[i].Tests {
			t := &r.Packages[i].Tests[j]
			t.Verdict, t.Varies = v, true
			t.Trace[1].Goroutine, t.Trace[1].Waited, t.Trace[1].Operation = 2, true, "lock"
			t.Waiting[1].Goroutine, t.Waiting[1].HeldBy = 2, 1
			t.Trace = append(t.Trace, explored.Step{Goroutine: -1, Slip: text}, t.Trace[0], t.Trace[1])
		}
	}
	return r
}

// What a learner writes steers nothing and forges nothing, in the report or in the source.
func TestNothingHostileGetsThrough(t *testing.T) {
	for what, text := range attack.Texts {
		verdicts := []explored.Verdict{explored.Race, explored.Deadlock, explored.Wrong, explored.Unexplorable, explored.Pass}
		if len(text) > 10_000 {
			verdicts = verdicts[:2]
		}
		for _, v := range sampled.Of(what, verdicts) {
			d := Explored(full(text, v))
			d.Sources = func(string) string { return text + "\n" + text }
			page := pageOf(t, d)
			assert.Empty(t, attack.HTML(page), "%s: %s", what, v)
			assert.Empty(t, attack.Found(page, "\t"), "%s: %s", what, v)
			assert.Less(t, len(page), ReportLimit, "%s: %s", what, v)
		}
	}
}

// A page that would be too large has less of its findings, and says so.
func TestLargePagesAreCut(t *testing.T) {
	test := screens(t)[0]
	many := slices.Repeat([]Finding{{Title: "TestX", Story: []string{strings.Repeat("it breaks ", 50)}, Test: &test, Output: strings.Repeat("x", 1000)}}, 50)
	page := pageOf(t, Document{Title: "large", Parts: []Part{{Findings: many}}})
	assert.Less(t, len(page), Limit)
	assert.Contains(t, page, "data-play")
	assert.Contains(t, page, "The interleaving is left out here")
	page = pageOf(t, Document{Title: "large", Parts: []Part{{Findings: slices.Repeat(many, 12)}}})
	assert.Less(t, len(page), Limit)
	assert.True(t, regexp.MustCompile(`\d+ more not shown`).MatchString(page))
	page = pageOf(t, Document{Title: "fair", Parts: []Part{{Findings: slices.Repeat(many, 2)}, {Title: "last", Findings: many}}})
	assert.Less(t, len(page), ReportLimit)
	_, last, _ := strings.Cut(page, "<h2>last</h2>")
	assert.Contains(t, last, "data-play", "the last part shows its first findings")
	assert.Contains(t, last, "left out here")
	rows := slices.Repeat([]Row{{Cells: []string{"TestX", "pass, 1,000 schedules"}}}, 5000)
	page = pageOf(t, Document{Tables: []Table{{Rows: rows}}, Parts: []Part{{Tables: []Table{{Rows: rows}}, Findings: many}}})
	assert.Less(t, len(page), Limit)
	assert.Contains(t, page, "5000 more rows not shown")
	assert.Contains(t, page, "data-play")
}

// The policy names the sums of the page's own style and script, and allows nothing else.
func TestPolicyAllowsOnlyWhatIsInThePage(t *testing.T) {
	page := pageOf(t, Document{})
	policy := html.UnescapeString(regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)[1])
	for _, name := range []string{"style", "script"} {
		text := regexp.MustCompile(`(?s)<` + name + `>(.*?)</` + name + `>`).FindStringSubmatch(page)[1]
		assert.Contains(t, policy, name+"-src "+hash(text))
	}
	assert.Contains(t, policy, "default-src 'none'")
	assert.NotContains(t, policy, "unsafe")
}
