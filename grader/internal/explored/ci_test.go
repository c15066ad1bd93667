package explored

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/harmless/attack"
	"heisenkata/grader/internal/junit"
	"heisenkata/grader/internal/workflow"
)

func written(t testing.TB, write func(io.Writer, Report) error, r Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, write(&b, r))
	return b.String()
}

func TestCIFormats(t *testing.T) {
	r := everyVerdict()
	for name, write := range map[string]func(io.Writer, Report) error{"junit": WriteJUnit, "test2json": WriteTest2JSON, "github": WriteGitHub} {
		t.Run(name, func(t *testing.T) { golden(t, "verdicts."+name, written(t, write, r)) })
	}
}

// Programs that read these formats count what the report counts: findings fail, doubts
// are skipped.
func TestCIFormatsCount(t *testing.T) {
	r := everyVerdict()
	passes, fails, skips := 0, 0, 0
	for _, p := range r.Packages {
		for _, test := range p.Tests {
			switch {
			case test.Verdict == Pass:
				passes++
			case test.Verdict.Found():
				fails++
			default:
				skips++
			}
		}
	}
	var suites junit.Report
	require.NoError(t, xml.Unmarshal([]byte(written(t, WriteJUnit, r)), &suites))
	assert.Equal(t, fails, suites.Failures)
	assert.Equal(t, passes+fails+skips+suites.Errors, suites.Tests)

	got := map[string]int{}
	for line := range strings.Lines(written(t, WriteTest2JSON, r)) {
		var e event
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		if e.Test != "" {
			got[e.Action]++
		}
	}
	assert.Equal(t, map[string]int{"run": passes + fails + skips, "pass": passes, "fail": fails, "skip": skips, "output": got["output"]}, got)
}

// In a step's log nothing that a test prints is a command, and each annotation is one line.
func TestWorkflowCommandsAreOurs(t *testing.T) {
	for what, text := range attack.Texts {
		for _, v := range []Verdict{Race, Wrong, Deadlock} {
			out := written(t, WriteGitHub, full(text, v))
			token := strings.TrimPrefix(strings.SplitN(out, "\n", 2)[0], "::stop-commands::")
			shown, after, ok := strings.Cut(out[len("::stop-commands::"+token):], "\n::"+token+"::\n")
			require.True(t, ok, what)
			assert.NotContains(t, shown, token, what)
			lines := strings.Split(strings.TrimSuffix(after, "\n"), "\n")
			assert.LessOrEqual(t, len(lines), workflow.AnnotationLimit, what)
			for _, line := range lines {
				assert.True(t, strings.HasPrefix(line, "::error "), "%s: %q", what, line)
				assert.NotContains(t, strings.TrimPrefix(line, "::error "), "\r", what)
			}
		}
	}
}
