package kata

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// FuzzManifest: what is accepted is what an exercise needs, by a look of its own.
func FuzzManifest(f *testing.F) {
	f.Add(manifest)
	f.Add(manifest + "\n[policy]\nallow_imports = [\"net/...\"]\ndeny_imports = [\"time\"]\nallow = [\"recover\"]\n[[references]]\ntitle = \"a\"\nurl = \"b\"\n")
	f.Add("id = \"a-b\"\nlevel = 99999999999999999999\n[[tests]]\nname = 'TestX'\npoints = 9223372036854775807\n")
	f.Add("id = 1979-05-27T07:32:00Z\nfiles = [[], {}]\ntests.x.y = inf\n\"\\u0000\" = '''\n'''")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		if err != nil {
			return
		}
		assert.Regexp(t, `^[a-z][a-z0-9-]*[a-z0-9]$|^[a-z]$`, e.ID)
		assert.Regexp(t, `^[a-z][a-z0-9]*$`, e.PackageName())
		assert.NotContains(t, e.Title+e.Summary, "\n")
		assert.Contains(t, []int{1, 2, 3, 4, 5}, e.Level)
		assert.Equal(t, e.Level*PointsPerLevel, e.MaxPoints())
		assert.Len(t, e.Hints, 3)
		assertFiles(t, e)
		assertTests(t, e)
		assert.Subset(t, Relaxable, e.Policy.Allow)
		assert.NotContains(t, e.Policy.AllowImports, "C")
		again, err := Parse(text)
		assert.NoError(t, err)
		assert.Equal(t, e, again, "the same text twice")
	})
}

func assertFiles(t *testing.T, e Exercise) {
	assert.NotEmpty(t, e.Files)
	seen := map[string]bool{}
	for _, name := range e.Files {
		assert.Regexp(t, `^[a-z0-9_]+\.go$`, name)
		assert.NotRegexp(t, `_test\.go$`, name)
		assert.False(t, seen[name], "%s twice", name)
		seen[name] = true
	}
}

func assertTests(t *testing.T, e Exercise) {
	seen := map[string]bool{}
	for _, test := range e.Tests {
		assert.Regexp(t, `^Test[A-Z0-9_][A-Za-z0-9_]*$`, test.Name)
		assert.False(t, seen[test.Name], "%s twice", test.Name)
		seen[test.Name] = true
		assert.True(t, test.Points >= 0 && test.Points <= e.MaxPoints(), "%d points", test.Points)
		assert.Equal(t, test.Guard, test.Points == 0)
		assert.Subset(t, TestDetectors, test.CaughtBy)
		assert.Subset(t, TestDetectors, test.Sometimes)
	}
}
