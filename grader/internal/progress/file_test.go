package progress

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSaveAndLoad(t *testing.T) {
	root := t.TempDir()
	p, damaged, err := Load(root)
	require.NoError(t, err)
	assert.Empty(t, p)
	assert.Empty(t, damaged)

	p = Progress{
		"hit-counter": First(Grade{10, 10, "normal", "abc"}),
		"batch-error": {Best: Grade{20, 20, "thorough", "def"}, Latest: Grade{3, 20, "quick", ""}},
		"old":         First(Grade{1, 10, "", "0123"}),
	}
	require.NoError(t, p.Save(root))
	back, damaged, err := Load(root)
	require.NoError(t, err)
	assert.Empty(t, damaged)
	p["batch-error"] = Entry{Best: Grade{20, 20, "thorough", "def"}, Latest: Grade{3, 20, "quick", Unknown}}
	p["old"] = First(Grade{1, 10, Unknown, "0123"})
	assert.Equal(t, p, back)

	left, err := os.ReadDir(root)
	require.NoError(t, err)
	assert.Len(t, left, 1, "no temporary file stays")
}

// The format itself, so that no change makes learners' files unreadable unnoticed.
func TestFormat(t *testing.T) {
	text := header + `
batch-error 20/20 thorough def latest 3/20 quick -
hit-counter 10/10 normal abc
`
	p, damaged, err := Parse(text)
	require.NoError(t, err)
	assert.Empty(t, damaged)
	assert.Equal(t, text, p.String())
}

func TestVersion1IsRead(t *testing.T) {
	hash := strings.Repeat("5f", 32)
	p, damaged, err := Parse("# heisenkata progress v1: exercise, points of possible points, hash of the files graded\nhit-counter 7/10 " + hash + "\nbatch-error 0/20 -\n")
	require.NoError(t, err)
	assert.Empty(t, damaged)
	assert.Equal(t, Progress{"hit-counter": First(Grade{7, 10, Unknown, hash}), "batch-error": First(Grade{0, 20, Unknown, Unknown})}, p)
}

func TestALaterVersionIsLeftAlone(t *testing.T) {
	_, _, err := Parse("# heisenkata progress v3: whatever\nhit-counter 10/10 normal abc\n")
	assert.ErrorIs(t, err, ErrNewer)
}

// A line that was edited or cut off costs no more than itself.
func TestADamagedLineIsOneLine(t *testing.T) {
	for _, bad := range []string{
		"ticket", "ticket 10/10", "ticket 10/10 normal", "ticket ten/10 normal abc", "ticket 10-10 normal abc", "ticket 11/10 normal abc", "ticket -1/10 normal abc",
		"ticket 10/10 heroic abc", "ticket 10/10 normal xyz", "ticket 10/10 normal abc latest", "ticket 10/10 normal abc latest 3/10 normal", "ticket 10/10 normal abc former 3/10 normal abc",
		"ticket 10/10 normal abc latest x/10 normal abc", "<<<<<<< HEAD", "=======", ">>>>>>> 1f2e3d4 (a commit)", strings.Repeat("x", 1<<20),
	} {
		p, damaged, err := Parse("# remark\n\nhit-counter 10/10 normal abc\n" + bad + "\r\nbatch-error 20/20 normal def")
		require.NoError(t, err)
		assert.Equal(t, []int{4}, damaged, bad)
		assert.Equal(t, Progress{"hit-counter": First(Grade{10, 10, "normal", "abc"}), "batch-error": First(Grade{20, 20, "normal", "def"})}, p, bad)
	}
}

// Two people, or two machines, got on: of both sides of a merge the better counts.
func TestAMergeConflictKeepsTheBetterLine(t *testing.T) {
	worse, better := "hit-counter 3/10 thorough abc", "hit-counter 10/10 normal def latest 0/10 quick 012"
	for _, sides := range [][2]string{{worse, better}, {better, worse}} {
		p, damaged, err := Parse("<<<<<<< HEAD\n" + sides[0] + "\n=======\n" + sides[1] + "\n>>>>>>> theirs\n")
		require.NoError(t, err)
		assert.Equal(t, []int{1, 3, 5}, damaged)
		assert.Equal(t, Progress{"hit-counter": {Best: Grade{10, 10, "normal", "def"}, Latest: Grade{0, 10, "quick", "012"}}}, p)
	}
}

func TestLoadAndSaveSayWhatIsWrong(t *testing.T) {
	assert.ErrorContains(t, Progress{}.Save(filepath.Join(t.TempDir(), "nowhere")), "keeping your progress")
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, FileName), 0o755))
	_, _, err := Load(root)
	assert.ErrorContains(t, err, "reading your progress")
}
