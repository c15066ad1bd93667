package explore

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
)

// inFolder is a module whose tests work in their package's folder, as those of many databases
// do: one after the other in an ordinary run. One leaves a file behind.
const inFolder = `package folder

import (
	"os"
	"sync"
	"testing"
)

func work() {
	var group sync.WaitGroup
	var mu sync.Mutex
	for range 2 {
		group.Go(func() { mu.Lock(); defer mu.Unlock() })
	}
	group.Wait()
}

func TestLeaves(t *testing.T) {
	if err := os.Mkdir("left", 0o777); err != nil {
		t.Fatal(err)
	}
	work()
}

func TestFinds(t *testing.T) {
	if _, err := os.Stat("given"); err != nil {
		t.Fatal(err)
	}
	work()
}

func TestWrong(t *testing.T) {
	work()
	t.Error("always")
}

// use has the file for itself.
func use(t *testing.T) {
	f, err := os.OpenFile("shared", os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	work()
	f.Close()
	if err := os.Remove("shared"); err != nil {
		t.Error(err)
	}
}

func TestUses(t *testing.T)     { use(t) }
func TestUsesToo(t *testing.T)  { use(t) }
func TestUsesWell(t *testing.T) { use(t); use(t) }
`

// What a test fails by only because it has left a file counts for nothing, and other failures
// count as ever. Tests that use one file in turn are explored apart.
func TestFindingsInAFolder(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module folder\n\ngo 1.25\n", "folder_test.go": inFolder, "given": ""} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	r, err := Explore(t.Context(), Options{Dir: dir, Patterns: []string{"."}, Budget: Budget{Schedules: 60, Time: time.Minute, Steps: Normal.Steps}, Seed: 1, Processors: 2, Env: os.Environ()})
	require.NoError(t, err)
	require.Len(t, r.Packages, 1)
	verdicts := map[string]explored.Verdict{}
	for _, test := range r.Packages[0].Tests {
		verdicts[test.Name] = test.Verdict
	}
	assert.Equal(t, map[string]explored.Verdict{"TestLeaves": explored.Unexplorable, "TestFinds": explored.Pass, "TestWrong": explored.Wrong,
		"TestUses": explored.Pass, "TestUsesToo": explored.Pass, "TestUsesWell": explored.Pass}, verdicts)
}

// There is no copy of /tmp, so one process at a time runs tests that name a file there.
func TestFindingsInASharedFolder(t *testing.T) {
	dir, everyones := t.TempDir(), t.TempDir()
	require.NoError(t, os.Chmod(everyones, 0o777))
	text := strings.ReplaceAll(inFolder, `"shared"`, strconv.Quote(filepath.Join(everyones, "shared")))
	for name, text := range map[string]string{"go.mod": "module folder\n\ngo 1.25\n", "folder_test.go": text} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	r, err := Explore(t.Context(), Options{Dir: dir, Patterns: []string{"."}, Run: regexp.MustCompile("Uses"), Budget: Budget{Schedules: 300, Time: time.Minute, Steps: Normal.Steps}, Seed: 1, Processors: 2, Env: os.Environ()})
	require.NoError(t, err)
	require.Len(t, r.Packages, 1)
	require.Len(t, r.Packages[0].Tests, 3)
	for _, test := range r.Packages[0].Tests {
		assert.Equal(t, explored.Pass, test.Verdict, "%s: %s", test.Name, test.Summary)
	}
}

func TestSharedPlaces(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o777))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "own"), 0o755))
	for text, want := range map[string]bool{
		strconv.Quote(dir + "/a.sock"): true, "`" + dir + "/new/deep/b`": true, `"unix:` + dir + `/c"`: true, `"file://` + dir + `/%d"`: true,
		strconv.Quote(dir + "/own/a"): false, strconv.Quote("https://example.test" + dir + "/a"): false, `"/no/such/folder"`: false, `"/"`: false, `""`: false, `"a/b"`: false,
		"// " + dir + "/comment": false,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "a_test.go"), []byte(text), 0o644))
		assert.Equal(t, want, (&listed{Dir: dir, TestGoFiles: []string{"a_test.go", "missing.go"}}).namesSharedFiles(), text)
	}
}

// A copy has what was there at first, and nothing that came later. A change is noticed also if
// what came has gone again.
func TestContentsOfAFolder(t *testing.T) {
	dir, to := t.TempDir(), t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "data"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data", "a"), []byte("a"), 0o644))
	require.NoError(t, os.Chtimes(filepath.Join(dir, "data"), time.Unix(1, 0), time.Unix(1, 0)))
	given := contents(dir)
	assert.False(t, touched(dir, given))
	later := filepath.Join(dir, "data", "later")
	require.NoError(t, os.Mkdir(later, 0o755))
	require.NoError(t, copyFolder(dir, to, given))
	assert.FileExists(t, filepath.Join(to, "data", "a"))
	assert.NoDirExists(t, filepath.Join(to, "data", "later"))
	require.NoError(t, os.Remove(later))
	assert.True(t, touched(dir, given))
	require.NoError(t, os.Truncate(filepath.Join(dir, "data", "a"), maxCopied+1))
	assert.Nil(t, contents(dir))
	assert.False(t, touched(dir, nil), "of what is too large nothing is known")
}
