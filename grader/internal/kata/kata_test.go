package kata

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const manifest = `
id = "hit-counter"
title = "The hit counter"
summary = "A web server counts."
learnt = "An increment is two steps."
level = 1
files = ["hitcounter.go"]
hints = ["one", "two", "three"]

[[tests]]
name = "TestOne"
guard = true

[[tests]]
name = "TestTwo"
points = 10
caught_by = ["race"]
`

func TestParse(t *testing.T) {
	e, err := Parse(manifest)
	require.NoError(t, err)
	assert.Equal(t, 10, e.MaxPoints())
	assert.Equal(t, []string{"hitcounter.go"}, e.Files)
	assert.Equal(t, "hitcounter", e.PackageName())

	e, err = Parse(manifest + "[policy]\nallow_imports = [\"net/...\", \"gopkg.in/yaml.v3\"]\ndeny_imports = [\"time\"]\nallow = [\"recover\", \"print\"]\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"recover", "print"}, e.Policy.Allow)
}

// Each way to spoil a manifest is named.
func TestParseNamesWhatIsWrong(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{`id = "hit-counter"`, `id = "Hit Counter"`, "lower-case words"},
		{`title = "The hit counter"`, `title = ""`, "must not be empty"},
		{`learnt = "An increment is two steps."`, ``, "learnt must not be empty"},
		{`two steps`, `two\nsteps`, "one line each"},
		{`two steps`, strings.Repeat("x", 200), "want one sentence of at most 200"},
		{`level = 1`, `level = 6`, "want 1 to 5"},
		{`level = 1`, `level = 2`, "level 2 is worth 20"},
		{`files = ["hitcounter.go"]`, `files = []`, "files is empty"},
		{`files = ["hitcounter.go"]`, `files = ["../go.mod"]`, "not the base name of a Go source file"},
		{`files = ["hitcounter.go"]`, `files = ["hitcounter_test.go"]`, "not the base name of a Go source file"},
		{`files = ["hitcounter.go"]`, `files = ["a.go", "a.go"]`, "listed twice"},
		{`title = "The hit counter"`, `title = "The\nhit counter"`, "one line each"},
		{`id = "hit-counter"`, `id = "sel-ect"`, "no test can import a package of that name"},
		{`points = 10`, `points = 9223372036854775807`, "no exercise is worth more than 50"},
		{`"three"`, `""`, "hint 3 is empty"},
		{`"three"`, `"three", "four"`, "4 hints: want three"},
		{`guard = true`, "guard = true\npoints = 1", "a guard earns nothing"},
		{`guard = true`, "", "a test is a guard, or it has points"},
		{`points = 10`, "points = -10", "want 0 or more"},
		{`"TestTwo"`, `"TestOne"`, "listed twice"},
		{`"TestTwo"`, `"Two"`, "not the name of a test"},
		{`["race"]`, `["luck"]`, "unknown detector"},
		{`level = 1`, "level = 1\nclasses = [\"tu/luck\"]", `no study has "tu/luck"`},
		{`["race"]`, "[\"race\"]\n[policy]\nallow = [\"printing\"]", `allow does not know "printing": want one of alias, clock, init, print, recover, type`},
		{`["race"]`, "[\"race\"]\n[policy]\nallow = [\"import\"]", "allow does not know"},
		{`["race"]`, "[\"race\"]\n[policy]\nallow_imports = [\"C\"]", `"C" is not an import path`},
		{`["race"]`, "[\"race\"]\n[policy]\nallow_imports = [\"net/\"]", `"net/" is not an import path`},
		{`["race"]`, "[\"race\"]\n[policy]\ndeny_imports = [\"./time\"]", `"./time" is not an import path`},
		{`["race"]`, "[\"race\"]\n[policy]\nallow_imports = [\"unsafe\"]", `cannot lift "unsafe"`},
		{`level = 1`, "level = 1\nlevle = 1", `line 7: unknown key "levle"; did you mean level?`},
		{`level = 1`, "level = 1\nLevel = 2", `line 7: unknown key "Level"; did you mean level?`},
		{`level = 1`, "levle = 1", "level is missing"},
		{`points = 10`, "points = 10\nweight = 3", `unknown key "tests.weight"`},
		{`level = 1`, `level = "one"`, "line 6: level is of type string: want integer"},
		{`level = 1`, "level = 1\ntiming = \"no\"", "line 7: timing is of type string: want true or false"},
		{`level = 1`, `level = `, "line 6: not TOML: expected value but found"},
		{`level = 1`, "level = 1\n[[references]]\ntitle = \"A bug\"\nurl = \"nowhere\"", `references: "A bug", "nowhere": want a title and the address of a page`},
	} {
		spoiled := strings.Replace(manifest, c.old, c.new, 1)
		require.NotEqual(t, manifest, spoiled, c.old)
		_, err := Parse(spoiled)
		assert.ErrorContains(t, err, c.want, "%s for %s", c.new, c.old)
	}
}

func TestFindSuggestsTheNearest(t *testing.T) {
	k := Kata{Exercises: []Exercise{{ID: "hit-counter", Dir: "exercises/01-a/01-hit-counter"}, {ID: "batch-error", Dir: "exercises/02-b/01-batch-error"}}}
	for _, name := range []string{"hit-counter", "01-hit-counter", "exercises/01-a/01-hit-counter", "./exercises/01-a/01-hit-counter/", "exercises/01-a/01-hit-counter/x.go"} {
		e, err := k.Find(name)
		require.NoError(t, err, name)
		assert.Equal(t, "hit-counter", e.ID)
	}
	for name, want := range map[string]string{"hitcounter": "did you mean hit-counter?", "batch": "did you mean batch-error?", "xyzzy": "go run ./grader list", "": "go run ./grader list"} {
		_, err := k.Find(name)
		assert.ErrorContains(t, err, want, name)
	}
}

func TestLoad(t *testing.T) {
	root := t.TempDir()
	_, err := Load(root)
	require.ErrorIs(t, err, ErrNoKata)

	dir := filepath.Join(root, "exercises", "01-shared-state", "01-hit-counter")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	k, err := Load(root)
	require.NoError(t, err)
	assert.ErrorContains(t, k.Broken, "every exercise has an exercise.toml")

	require.NoError(t, os.WriteFile(filepath.Join(dir, ManifestName), []byte(manifest), 0o644))
	k, err = Load(root)
	require.NoError(t, err)
	require.NoError(t, k.Broken)
	require.Len(t, k.Exercises, 1)
	assert.Equal(t, "01-shared-state", k.Exercises[0].Chapter)
	assert.Equal(t, "solutions/01-shared-state/01-hit-counter", k.Exercises[0].Solution())

	at, err := FindRoot(dir)
	require.NoError(t, err)
	assert.Equal(t, root, at)
}

// place writes a manifest into an exercise's folder.
func place(t *testing.T, root, dir, manifest string) {
	t.Helper()
	dir = filepath.Join(root, "exercises", filepath.FromSlash(dir))
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, ManifestName), []byte(manifest), 0o644))
}

// Of folders with one id none is the exercise, wherever they are, and Fault tells
// why. Other exercises can still be used.
func TestFoldersWithOneID(t *testing.T) {
	for name, twin := range map[string]struct{ dir, manifest, want string }{
		"another number":         {"01-shared-state/02-hit-counter", manifest, "01-shared-state/01-hit-counter and exercises/01-shared-state/02-hit-counter have the same id"},
		"another chapter":        {"02-more/01-hit-counter", manifest, "01-shared-state/01-hit-counter and exercises/02-more/01-hit-counter have the same id"},
		"a manifest with faults": {"02-more/01-hit-counter", "", "02-more/01-hit-counter/exercise.toml"},
	} {
		root := t.TempDir()
		place(t, root, "01-shared-state/01-hit-counter", manifest)
		place(t, root, "03-others/01-tick-counter", strings.Replace(manifest, "hit-counter", "tick-counter", 1))
		place(t, root, twin.dir, twin.manifest)
		k, err := Load(root)
		require.NoError(t, err, name)
		require.Len(t, k.Exercises, 1, name)
		assert.Equal(t, "tick-counter", k.Exercises[0].ID, name)
		assert.NoError(t, k.Fault("tick-counter"), name)
		for _, asked := range []string{"hit-counter", "01-hit-counter", twin.dir} {
			assert.ErrorContains(t, k.Fault(asked), twin.want, name)
		}
		for _, fault := range []error{k.Broken, k.Fault("hit-counter")} {
			assert.Equal(t, 1, strings.Count(fault.Error(), "an id stands for one exercise"), "%s: it is told once", name)
		}
	}
}

// What is left of a folder whose exercise has moved does not keep it from being used.
func TestFolderThatIsLeft(t *testing.T) {
	root := t.TempDir()
	place(t, root, "01-shared-state/01-hit-counter", manifest)
	require.NoError(t, os.MkdirAll(filepath.Join(root, "exercises", "01-shared-state", "02-hit-counter"), 0o755))
	k, err := Load(root)
	require.NoError(t, err)
	assert.Len(t, k.Exercises, 1)
	assert.ErrorContains(t, k.Broken, "02-hit-counter: every exercise has an exercise.toml")
}
