package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/junit"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/workflow"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func pass(detector string, runs int) evidence.Check {
	c := evidence.Check{Detector: detector, Verdict: evidence.Pass, Runs: runs}
	if detector == "race" {
		c.Wide = runs - 1
	}
	return c
}

func fixed() []evidence.Check {
	return []evidence.Check{pass("tests", 1), pass("race", 11), pass("leak", 18), pass("repeat", 6)}
}

func race() *evidence.Finding {
	return &evidence.Finding{
		Verdict: evidence.Race, Summary: "data race: a.go:14 (read) and a.go:13 (write) touch the same memory",
		Meaning: "Nothing orders these two accesses: no lock, no channel and no atomic makes one wait for the other.",
		Places: []evidence.Place{
			{File: "exercises/01-a/01-a/a.go", Line: 14, Code: "return c.n", Role: "read in goroutine 9"},
			{File: "exercises/01-a/01-a/a.go", Line: 13, Code: "c.n++", Role: "write in goroutine 8"},
		},
		Replay: "go test -race -count=20 -failfast -run '^TestA$' ./exercises/01-a/01-a", GOMAXPROCS: 4, Output: "WARNING: DATA RACE\n",
	}
}

// hostile is what a learner may print: workflow commands, markup, fences, terminal tricks.
const hostile = "::error::you passed\n```\n</details><script>alert(1)</script>\n::set-output name=points::100\n]]> & \x1b[2J"

func sample() grade.Report {
	whole := []evidence.Check{pass("policy", 1), pass("build", 1), pass("vet", 1)}
	a := kata.Exercise{ID: "a", Title: "A", Chapter: "01-a", Dir: "exercises/01-a/01-a", Tests: []kata.Test{{Name: "TestGuard", Guard: true}, {Name: "TestA", Points: 4}, {Name: "TestB", Points: 6}}}
	b, c, d := a, a, a
	b.ID, b.Dir = "b", "exercises/01-a/02-b"
	c.ID, c.Chapter, c.Dir = "c", "02-c", "exercises/02-c/01-c"
	d.ID, d.Chapter, d.Dir = "d", "02-c", "exercises/02-c/02-d"
	racy := []evidence.Check{pass("tests", 1), {Detector: "race", Verdict: evidence.Race, Runs: 3, Failures: 1, Finding: race()}, pass("leak", 3), {Detector: "repeat", Verdict: evidence.Skipped, Note: "skipped because race failed"}}
	wrong := []evidence.Check{{Detector: "tests", Verdict: evidence.Fail, Runs: 1, Failures: 1, Finding: &evidence.Finding{Verdict: evidence.Fail, Summary: hostile, Meaning: "It is wrong.", Output: hostile}}, pass("race", 11), pass("leak", 11), {Detector: "repeat", Verdict: evidence.Skipped, Note: "skipped because tests failed"}}
	refused := []evidence.Check{{Detector: "policy", Verdict: evidence.Policy, Runs: 1, Failures: 1, Finding: &evidence.Finding{Verdict: evidence.Policy, Summary: `a fix may not import "runtime"`, Meaning: "Order the two goroutines instead.", Places: []evidence.Place{{File: "exercises/02-c/01-c/c.go", Line: 3, Code: `import "runtime"`, Role: "here"}}}}}
	skipped := []evidence.Check{{Detector: "tests", Verdict: evidence.Skipped, Note: "skipped because policy failed"}}
	return grade.Sum(grade.Report{
		Effort: "normal", Go: "go1.26.8", Platform: "linux/amd64", Processors: 2, Protection: evidence.Protection{Level: "full", Explanation: "A fix can do no harm.", Missing: []string{}}, Seconds: 1.5, SelfAssessment: true, Notes: []string{grade.SelfAssessment},
		Exercises: []grade.Exercise{
			grade.Score(a, whole, map[string][]evidence.Check{"TestGuard": fixed(), "TestA": fixed(), "TestB": fixed()}),
			grade.Score(b, whole, map[string][]evidence.Check{"TestGuard": wrong, "TestA": racy, "TestB": fixed()}),
			grade.Score(c, refused, map[string][]evidence.Check{"TestGuard": skipped, "TestA": skipped, "TestB": skipped}),
			grade.Failed(d, errors.New("no room to build in: disk full; free some space")),
		},
	})
}

func render(t testing.TB, name string, r grade.Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Formats[name](&b, r, Options{}))
	return b.String()
}

func TestGolden(t *testing.T) {
	for name := range Formats {
		t.Run(name, func(t *testing.T) {
			got := render(t, name, sample())
			if name == "terminal" || name == "github" {
				got = withoutColour(t, got)
			}
			if name == "html" {
				got = ownText.ReplaceAllString(got, "")
			}
			file := filepath.Join("testdata", name+".golden")
			if *update {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), got)
		})
	}
}

// ownText is what each page has: its style, its script, and their sums.
var ownText = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|<meta http-equiv[^>]*>`)

func withoutColour(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	_, err := io.WriteString(&colorprofile.Writer{Forward: &b, Profile: colorprofile.NoTTY}, text)
	require.NoError(t, err)
	return b.String()
}

// validator holds text against the schema.
func validator(t testing.TB) func(text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("report.json", doc))
	schema, err := compiler.Compile("report.json")
	require.NoError(t, err)
	return func(text string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		return schema.Validate(value)
	}
}

// Everything that JSON can write is what the schema says.
func TestJSONMatchesItsSchema(t *testing.T) {
	validate := validator(t)
	text := render(t, "json", sample())
	require.NoError(t, validate(text))
	assert.Error(t, validate(strings.Replace(text, `"verdict": "race"`, `"verdict": "lucky"`, 1)), "the schema must be able to refuse")
	assert.Error(t, validate(strings.Replace(text, `"max_points"`, `"most_points"`, 1)))

	var back grade.Report
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	assert.Equal(t, text, render(t, "json", back), "a saved report renders as it did")
}

// An exploration within a report is what explore reports, so the report's schema
// ends with the definitions of the other one. With -update they are copied.
func TestTheSchemasAgreeOnExplorations(t *testing.T) {
	const name = "report.v1.schema.json"
	_, theirs, ok := strings.Cut(string(explored.JSONSchema), "\n    \"test\": {\n")
	require.True(t, ok)
	ours, rest, ok := strings.Cut(string(Schema), "\n    \"explored\": {\n")
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(ours+"\n    \"explored\": {\n"+theirs), 0o644))
		rest = theirs
	}
	assert.Equal(t, theirs, rest)
}

// Whatever a learner prints, GitHub must not obey it.
func TestGitHubObeysNothingOfTheLearners(t *testing.T) {
	text := withoutColour(t, render(t, "github", sample()))
	start := regexp.MustCompile(`^::stop-commands::([0-9a-f]{64})\n`).FindStringSubmatch(text)
	require.NotNil(t, start)
	_, after, closed := strings.Cut(text[len(start[0]):], "\n::"+start[1]+"::\n")
	require.True(t, closed)
	for line := range strings.Lines(after) {
		assert.Regexp(t, `^::error (file=exercises/\S+,line=\d+,)?title=[^:]+::[^\r\n]+\n$`, line)
	}
	assert.NotContains(t, after, "\n::set-output")
	assert.Contains(t, after, "%0A", "lines of a message are escaped")
}

func TestAnnotationsAreTenAtMost(t *testing.T) {
	r := sample()
	for range 20 {
		r.Exercises = append(r.Exercises, r.Exercises[1])
	}
	lines := strings.Split(render(t, "github", r), "\n::error ")[1:]
	assert.Len(t, lines, workflow.AnnotationLimit)
	assert.Contains(t, lines[0], "b%3A wrong result")
}

func TestMarkdownStaysUnderGitHubsLimit(t *testing.T) {
	r := sample()
	long := *r.Exercises[1].Tests[1].Checks[1].Finding
	long.Output = strings.Repeat(strings.Repeat("x", 63)+"\n", 64)
	for range 400 {
		e := r.Exercises[1]
		e.Tests = []grade.Test{e.Tests[1]}
		e.Tests[0].Checks = []evidence.Check{{Detector: "race", Verdict: evidence.Race, Finding: &long}}
		r.Exercises = append(r.Exercises, e)
	}
	text := render(t, "markdown", r)
	assert.Less(t, len(text), 1<<20)
	assert.Contains(t, text, "left out here")
}

func TestJUnitIsXML(t *testing.T) {
	var back junit.Report
	require.NoError(t, xml.Unmarshal([]byte(render(t, "junit", sample())), &back))
	assert.Equal(t, 3, back.Failures)
	assert.Equal(t, 1, back.Errors)
	assert.Len(t, back.Suites, 4)
}

func TestOutputs(t *testing.T) {
	r := sample()
	assert.Equal(t, "points=10\nmax-points=30\nungraded=1\npassed=false\n", render(t, "outputs", r))
	r.Exercises = r.Exercises[:1]
	assert.Equal(t, "points=10\nmax-points=10\nungraded=0\npassed=true\n", render(t, "outputs", grade.Sum(r)))
}

// shownAt is what a terminal shows of a report, without its colours.
func shownAt(t testing.TB, r grade.Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Formats["terminal"](&b, r, o))
	return withoutColour(t, b.String())
}

// isCommand reports whether a line is a command to copy, which is never broken.
func isCommand(line string) bool {
	return regexp.MustCompile(`^ *(again|next|the model fix, and the real bug behind it): (GOMAXPROCS=|go |grader )`).MatchString(line)
}

func assertFits(t testing.TB, text string, columns int) {
	t.Helper()
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); !isCommand(line) {
			assert.LessOrEqual(t, lipgloss.Width(line), columns, line)
		}
	}
}

// Without colour nothing is lost, and no line but a command to copy is wider
// than the screen.
func TestTerminalFits(t *testing.T) {
	for _, columns := range []int{40, 80, 200} {
		for _, all := range []bool{false, true} {
			text := shownAt(t, sample(), Options{Width: columns, All: all})
			assert.NotContains(t, text, "\x1b")
			assertFits(t, text, columns)
			for _, e := range sample().Exercises {
				text := shownAt(t, one(e), Options{Width: columns, All: all})
				assert.NotContains(t, text, "\x1b")
				assertFits(t, text, columns)
			}
		}
	}
}

// one is a report of one exercise.
func one(e grade.Exercise) grade.Report {
	r := sample()
	r.Exercises = []grade.Exercise{e}
	return grade.Sum(r)
}
