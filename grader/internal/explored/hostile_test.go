package explored

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/harmless/attack"
	"heisenkata/grader/internal/sampled"
)

// full is a report in which every string is a text, and which is otherwise such
// that every part of it is shown.
func full(text string, v Verdict) Report {
	r := attack.Fill[Report](text, 2)
	for i := range r.Packages {
		if v != Unexplorable {
			r.Packages[i].Reason = ""
		}
		for j := range r.Packages[i].Tests {
			t := &r.Packages[i].Tests[j]
			if v != "" {
				t.Verdict = v
			}
			t.Varies, t.Trace[1].Goroutine, t.Trace[1].Waited = true, 2, true
			t.Waiting[1].Goroutine, t.Waiting[1].HeldBy = 2, -1
			t.Trace = append(t.Trace, Step{Goroutine: -1, Slip: text}, t.Trace[0], t.Trace[1])
		}
	}
	return r
}

// forms writes a report in every form there is, as it arrives where no terminal is.
func forms(t testing.TB, r Report) map[string]string {
	texts := map[string]string{"json": jsonText(t, r), "markdown": markdown(t, r), "junit": written(t, WriteJUnit, r), "test2json": written(t, WriteTest2JSON, r)}
	for _, test := range r.Packages[0].Tests {
		texts["picture"] += Picture(test, 72) + "\n"
	}
	for _, o := range []Options{{Width: 40}, {Width: 80, Color: true}, {Width: 200, Color: true}} {
		var b strings.Builder
		_, err := (&colorprofile.Writer{Forward: &b, Profile: colorprofile.NoTTY}).Write([]byte(terminal(t, r, o)))
		require.NoError(t, err)
		texts["terminal "+string(rune('0'+o.Width/40))] = b.String()
	}
	return texts
}

// What a learner writes steers nothing and forges nothing, in any form. A sample of the texts
// and verdicts is tried, or all with HEISENKATA_ALL=1.
func TestNothingHostileGetsThrough(t *testing.T) {
	for what, text := range attack.Texts {
		verdicts := []Verdict{"", Pass, Race, Wrong, Panic, Deadlock, Leak, Running, Unexplorable}
		if len(text) > 10_000 {
			verdicts = []Verdict{Deadlock}
		}
		for _, v := range verdicts {
			if !sampled.In(what+string(v), 3) {
				continue
			}
			for form, got := range forms(t, full(text, v)) {
				assert.Empty(t, attack.Found(got, ""), "%s: %s: %s", what, form, v)
				assert.Less(t, len(got), 8<<20, "%s: %s: %s", what, form, v)
			}
		}
	}
}

// However hostile, a report has the shape of any other.
func TestNothingHostileChangesTheShape(t *testing.T) {
	validate := validator(t)
	for what, text := range attack.Texts {
		r := full(text, Race)
		assertMarkdown(t, markdown(t, r), what)
		var back Report
		require.NoError(t, json.Unmarshal([]byte(jsonText(t, r)), &back), what)
		if text != "" { // names are never empty
			assert.NoError(t, validate(jsonText(t, r)), what)
		}
	}
}

// assertMarkdown checks that nothing of the learner's is markup.
func assertMarkdown(t testing.TB, text, what string) {
	t.Helper()
	rows, headings, troubles := attack.Shape(text)
	assert.Empty(t, troubles, what)
	assert.Equal(t, 2+4+2, rows, what) // each test, and what is not explored of each package
	assert.Equal(t, 1+4, headings, what)
}

func FuzzForms(f *testing.F) {
	for _, text := range attack.Texts {
		if len(text) < 10_000 {
			f.Add([]byte(text), uint8(2))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, verdict uint8) {
		v := verdictWords[int(verdict)%len(verdictWords)].verdict
		for form, got := range forms(t, full(string(text), v)) {
			assert.Empty(t, attack.Found(got, ""), form)
		}
		assertMarkdown(t, markdown(t, full(string(text), Race)), string(v))
	})
}
