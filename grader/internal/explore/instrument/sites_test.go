package instrument

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A file's sites have the same numbers whatever comes before or between them: a
// schedule found in a grade is replayed in the learner's own tree, which is built
// together with other files.
func TestNumbersDependOnTheFileAlone(t *testing.T) {
	var alone, among Sites
	for line := 1; line <= 3; line++ {
		among.add("a/other.go", Site{File: "other.go", Line: line})
		n := alone.add("a/x.go", Site{File: "x.go", Line: line})
		assert.Equal(t, n, among.add("a/x.go", Site{File: "x.go", Line: line}))
		assert.Equal(t, Site{File: "x.go", Line: line}, among.At(n))
		assert.NotZero(t, n)
	}
	assert.Zero(t, alone.At(0))
	assert.Zero(t, alone.At(7))
}

// No two sites share a number, however many files and sites there are.
func TestNumbersAreDifferent(t *testing.T) {
	var s Sites
	seen := map[uint32]bool{}
	for i := range 200_000 { // of one file, which needs several blocks
		seen[s.add("a/x.go", Site{Line: i})] = true
	}
	for i := range 5000 { // files, some of whose hashes are alike
		seen[s.add(string(rune('a'+i%26))+string(rune(i)), Site{Line: i})] = true
	}
	assert.Len(t, seen, 205_000)
	assert.False(t, seen[0])
}

// Sites that were written down and read again tell the same.
func TestSitesAreTheSameAfterJSON(t *testing.T) {
	var s, again Sites
	n := s.add("a/x.go", Site{File: "/x.go", Line: 3, Object: "c.n", Does: Reads, Objects: []string{"d"}})
	s.name(place{"/x.go", 4}, Call{Method: "Lock", Object: "mu", Owner: "Counter", Field: "mu"})
	s.name(place{"/x.go", 4}, Call{Method: "Unlock", Object: "mu"})
	text, err := json.Marshal(s)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &again))
	assert.Equal(t, s.At(n), again.At(n))
	assert.Equal(t, s.Calls("/x.go", 4), again.Calls("/x.go", 4))
	assert.Equal(t, s.Objects("/x.go", 3, Reads), again.Objects("/x.go", 3, Reads))
}
