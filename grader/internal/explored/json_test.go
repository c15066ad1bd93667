package explored

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func jsonText(t testing.TB, r Report) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, WriteJSON(&b, r))
	return b.String()
}

// validator holds text against the schema.
func validator(t *testing.T) func(text string) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("explore.json", doc))
	schema, err := compiler.Compile("explore.json")
	require.NoError(t, err)
	return func(text string) error {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		require.NoError(t, err)
		return schema.Validate(value)
	}
}

// Everything that WriteJSON can write is what the schema says.
func TestJSONMatchesItsSchema(t *testing.T) {
	validate := validator(t)
	for name, r := range samples() {
		assert.NoError(t, validate(jsonText(t, r)), name)
	}
	text := jsonText(t, everyVerdict())
	for _, w := range verdictWords {
		assert.Contains(t, text, `"verdict": "`+string(w.verdict)+`"`, "every verdict is held against the schema")
	}
	for old, wrong := range map[string]string{
		`"verdict": "race"`: `"verdict": "lucky"`, `"schedules"`: `"runs"`, `"exhausted": 2`: `"exhausted": -1`,
		`"trace": [`: `"trace": null, "x": [`, Schema: "heisenkata/explore/v2", `"held_by"`: `"holder"`,
	} {
		require.Contains(t, text, old)
		assert.Error(t, validate(strings.Replace(text, old, wrong, 1)), "the schema must be able to refuse %s", wrong)
	}
}

// Programs find lists where lists belong, also if there is nothing in them.
func TestJSONHasNoNullLists(t *testing.T) {
	validate := validator(t)
	for _, r := range []Report{{}, {Packages: []Package{{}}}, {Packages: []Package{{Tests: []Test{{Name: "T", Verdict: Pass}}}}}} {
		assert.NoError(t, validate(jsonText(t, r)))
	}
	assert.Contains(t, jsonText(t, only(passTest("T", 1, nil))), `"exhausted": null`)
}

func TestJSONComesBackAsItWent(t *testing.T) {
	for name, r := range samples() {
		text := jsonText(t, r)
		var back Report
		require.NoError(t, json.Unmarshal([]byte(text), &back))
		assert.Equal(t, text, jsonText(t, back), name)
		if name != "hostile" { // it holds invalid UTF-8, which JSON cannot
			assert.Equal(t, complete(r), complete(back), name)
		}
	}
}

// A long trace has its two ends in JSON, and says how much is missing, also if it is read and
// written again.
func TestJSONOfALongTrace(t *testing.T) {
	long := make([]Step, 70_000)
	for i := range long {
		long[i] = Step{Operation: "go", File: "x.go", Line: i + 1}
	}
	text := jsonText(t, only(Test{Name: "T", Verdict: Leak, Schedules: 1, Trace: long}))
	assert.NoError(t, validator(t)(text))
	assert.Less(t, len(text), 1<<20)
	var back Report
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	got := back.Packages[0].Tests[0]
	require.Len(t, got.Trace, 2000)
	assert.Equal(t, 68_000, got.Omitted)
	assert.Equal(t, []int{1, 500, 68_501, 70_000}, []int{got.Trace[0].Line, got.Trace[499].Line, got.Trace[500].Line, got.Trace[1999].Line})
	assert.Equal(t, text, jsonText(t, back))
}

func TestWriteJSONChangesNothing(t *testing.T) {
	r := Report{Packages: []Package{{Tests: []Test{{Name: "T"}}}}}
	jsonText(t, r)
	assert.Nil(t, r.Packages[0].Tests[0].Trace)
	assert.Empty(t, r.Schema)
}
