package report

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless/attack"
	"heisenkata/grader/internal/junit"
	"heisenkata/grader/internal/page"
	"heisenkata/grader/internal/sampled"
	"heisenkata/grader/internal/workflow"
)

// verdicts are those that formats treat differently, and "".
var verdicts = []evidence.Verdict{evidence.Pass, evidence.Race, evidence.Skipped, evidence.Error, ""}

// full is a report in which every string is a text, but for verdicts if there
// is one to take. Every list has so many entries.
func full(text string, v evidence.Verdict, entries int) grade.Report {
	r := attack.Fill[grade.Report](text, entries)
	if v == "" {
		return r
	}
	r.Verdict = v
	for i := range r.Exercises {
		e := &r.Exercises[i]
		e.Verdict = v
		withVerdict(e.Checks[:1], evidence.Pass)
		withVerdict(e.Checks[1:], v)
		for j := range e.Tests {
			e.Tests[j].Verdict, e.Tests[j].Guard = v, j > 0
			withVerdict(e.Tests[j].Checks, v)
		}
	}
	return r
}

func withVerdict(checks []evidence.Check, v evidence.Verdict) {
	for i := range checks {
		checks[i].Verdict, checks[i].Finding.Verdict = v, v
	}
}

// named gives a report the words that the schema lists.
func named(r grade.Report) grade.Report {
	r.Schema, r.Verdict, r.Effort, r.Protection.Level = grade.Schema, evidence.Fail, "normal", "partial"
	for _, e := range r.Exercises {
		all := [][]evidence.Check{e.Checks}
		for _, t := range e.Tests {
			all = append(all, t.Checks)
		}
		for _, checks := range all {
			for i := range checks {
				checks[i].Detector = "race"
				checks[i].Finding.Explored.Name, checks[i].Finding.Explored.Verdict = "TestA", explored.Race
			}
		}
	}
	return r
}

// entries is how many a list has that is full of a text: long ones take their time.
func entries(text string) int {
	if len(text) > 10_000 {
		return 1
	}
	return 2
}

// assertHarmless holds what every format writes of a report against all that
// must never be in it.
func assertHarmless(t testing.TB, r grade.Report, what string) {
	t.Helper()
	for name := range Formats {
		text := strings.ReplaceAll(withoutColour(t, render(t, name, r)), "⚠️", "⚠") // the writers' own
		if name == "github" {
			text = obeyed(t, text, what)
		}
		allowed := ""
		if name == "markdown" || name == "github" || name == "html" {
			allowed = "\t" // in blocks of code and in messages
		}
		assert.Empty(t, attack.Found(text, allowed), "%s: %s", what, name)
		assert.Less(t, len(text), 1<<20, "%s: %s", what, name)
		if name == "html" {
			assert.Empty(t, attack.HTML(text), what)
			assert.Less(t, len(text), page.ReportLimit, what)
		}
	}
	assertMarkdown(t, r, what)
}

var annotationLine = regexp.MustCompile(`^::error (file=[^\n:,]*,line=\d+,)?title=[^\n:,]*::[^\n]*$`)

// obeyed takes out the commands that are the format's own.
func obeyed(t testing.TB, text, what string) string {
	t.Helper()
	open, rest, _ := strings.Cut(text, "\n")
	token, ok := strings.CutPrefix(open, "::stop-commands::")
	assert.True(t, ok, what)
	assert.Regexp(t, "^[0-9a-f]{64}$", token, what)
	fenced, after, ok := strings.Cut(rest, "\n::"+token+"::\n")
	assert.True(t, ok, what)
	assert.LessOrEqual(t, strings.Count(after, "\n"), workflow.AnnotationLimit, what)
	for line := range strings.Lines(after) {
		line = strings.TrimRight(line, "\n")
		assert.Regexp(t, annotationLine, line, what)
		fenced += "\n> " + strings.TrimPrefix(line, "::")
	}
	return fenced
}

// assertMarkdown checks that nothing of the learner's is markup, and that the
// shape is the shape of every report.
func assertMarkdown(t testing.TB, r grade.Report, what string) {
	t.Helper()
	rows, headings, troubles := attack.Shape(render(t, "markdown", r))
	assert.Empty(t, troubles, what)
	assert.Equal(t, 2+len(r.Exercises), rows, what)
	assert.Equal(t, 1+len(r.Exercises), headings, what)
}

// assertReadable checks that programs can read what is written for them.
func assertReadable(t testing.TB, r grade.Report, what string) {
	t.Helper()
	var back grade.Report
	require.NoError(t, json.Unmarshal([]byte(render(t, "json", r)), &back), what)
	assert.Equal(t, render(t, "json", r), render(t, "json", back), "%s: a saved report renders as it did", what)
	var suites junit.Report
	require.NoError(t, xml.Unmarshal([]byte(render(t, "junit", r)), &suites), what)
	assert.Len(t, suites.Suites, len(r.Exercises), what)
}

// Whatever a learner's code prints, says or is called, no format lets it steer,
// forge or flood. Each string of a report is one by turns with the others.
func TestNothingHostileGetsThrough(t *testing.T) {
	for what, text := range attack.Texts {
		tried := sampled.Of(what, verdicts)
		if len(text) > 10_000 {
			tried = []evidence.Verdict{evidence.Race}
		}
		for _, v := range tried {
			assertHarmless(t, full(text, v, entries(text)), what+": "+string(v))
		}
		one := full(text, evidence.Fail, entries(text))
		one.Exercises = one.Exercises[:1] // shown in detail
		assertHarmless(t, one, what+": detailed")
	}
}

func TestHostileReportsCanBeRead(t *testing.T) {
	validate := validator(t)
	for what, text := range attack.Texts {
		r := full(text, evidence.Race, entries(text))
		assertReadable(t, r, what)
		assert.NoError(t, validate(render(t, "json", named(r))), what)
		assert.Equal(t, "points=1\nmax-points=1\nungraded=1\npassed=false\n", render(t, "outputs", r), what)
	}
}

// crowded is a report with 60 notes, and a finding with 60 places.
func crowded(text string) grade.Report {
	r := full(text, evidence.Race, 2)
	r.Notes = slices.Repeat(r.Notes, 30)
	f := r.Exercises[0].Tests[0].Checks[0].Finding
	f.Places = slices.Repeat(f.Places, 30)
	return r
}

// What is left out is said to be.
func TestLongReportsAreCut(t *testing.T) {
	r := tidy(crowded(strings.Repeat("x", 1<<16)))
	f := r.Exercises[0].Tests[0].Checks[0].Finding
	assert.Len(t, r.Notes, maxList)
	assert.Equal(t, "41 more notes are left out.", r.Notes[maxList-1])
	assert.Len(t, f.Places, maxList)
	assert.Equal(t, "and 40 more places, left out", f.Places[maxList-1].Role)
	assert.Equal(t, strings.Repeat("x", 800)+"\n[…]", f.Summary)
	assert.Equal(t, strings.Repeat("x", 1000)+"…", f.Places[0].Code)
	assert.Equal(t, r, tidy(r), "a tidy report stays as it is")
}

// A report belongs to its caller.
func TestTidyChangesNothingOfTheCallers(t *testing.T) {
	r, same := crowded("a\x1b"), crowded("a\x1b")
	assert.NotEqual(t, r, tidy(r))
	assert.Equal(t, same, r)
	assert.Equal(t, grade.Report{}, tidy(grade.Report{}), "what is not there stays away")
}

func TestQuotedCodeIsCut(t *testing.T) {
	r := sample()
	r.Exercises[1].Tests[1].Checks[1].Finding.Places[0].Code = "return " + strings.Repeat("x", 500)
	r.Exercises = r.Exercises[1:2]
	r.Exercises[0].Tests = r.Exercises[0].Tests[1:2]
	for _, all := range []bool{false, true} {
		text := shownAt(t, r, Options{All: all})
		assert.Contains(t, text, "return xxx")
		assertFits(t, text, 80)
	}
}

func FuzzFormats(f *testing.F) {
	for _, text := range attack.Texts {
		if len(text) < 10_000 {
			f.Add([]byte(text), 2, uint8(2))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, entries int, verdict uint8) {
		v := verdicts[int(verdict)%len(verdicts)]
		r := full(string(text), v, 2+max(entries, 0)%2)
		assertHarmless(t, r, string(v))
		assertReadable(t, r, string(v))
	})
}
