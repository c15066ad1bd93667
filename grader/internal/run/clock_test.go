package run

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wallClock matches what takes the monotonic reading from a time, or never had it.
var wallClock = regexp.MustCompile(`\.(Unix(Nano|Micro|Milli)?|ModTime|UTC)\(|Round\(0\)|time\.(Unix|Parse|Date)\(`)

// No deadline of the grader goes by a clock that can be set: a time that has no
// monotonic reading appears nowhere. Some places are left out: the scheduler of
// explorations, which runs in a bubble of testing/synctest, whose clock cannot be set,
// and what goes by the age of files: the memory of gradings, on which no verdict hangs, and
// whether a test has written to a folder, which compares two ages, and what a test asks.
func TestNoDeadlineByTheWallClock(t *testing.T) {
	assert.Regexp(t, wallClock, "time.Now().UnixNano()")
	require.NoError(t, filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../explore/") && strings.Contains(path, "/testdata/") ||
			strings.HasPrefix(path, "../explore/rt/sched/") || path == "../recall/recall.go" || path == "../explore/folders.go" || path == "../explore/rt/vos/files.go" {
			return nil
		}
		text, err := os.ReadFile(path)
		assert.NotRegexp(t, wallClock, string(text), path)
		return err
	}))
}
