package explore

import (
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/explored/held"
)

var update = flag.Bool("update", false, "record what exploring every starter and every wrong fix finds, for the tests of package explored")

var starters = flag.Bool("starters", false, "with -update: record the starters only, and keep what is recorded of wrong fixes")

// widths are typical widths of pictures.
var widths = []int{72, 78, 200}

// variant is an exercise's file as a learner may have it: the starter, or a wrong fix.
type variant struct {
	name string // the exercise and, of a wrong fix, its name
	dir  string // of the exercise, below the root
	file string // from which the exercise's file comes
}

// rounds lists the variants, each exercise once a round: the first has the starters.
func rounds(t *testing.T, root string) (all [][]variant) {
	dirs, err := filepath.Glob(filepath.Join(root, "exercises/*/*/exercise.toml"))
	require.NoError(t, err)
	require.NotEmpty(t, dirs)
	for _, toml := range dirs {
		dir, err := filepath.Rel(filepath.Join(root, "exercises"), filepath.Dir(toml))
		require.NoError(t, err)
		files, err := filepath.Glob(filepath.Join(root, "solutions", dir, "testdata/wrong/*/*.go"))
		require.NoError(t, err)
		starter, err := filepath.Glob(filepath.Join(root, "exercises", dir, filepath.Base(files[0])))
		require.NoError(t, err)
		for i, file := range append(starter, files...) {
			for len(all) <= i {
				all = append(all, nil)
			}
			_, id, _ := strings.Cut(filepath.Base(dir), "-")
			v := variant{name: id, dir: filepath.Join("exercises", dir), file: file}
			if i > 0 {
				v.name += " " + filepath.Base(filepath.Dir(file))
			}
			all[i] = append(all[i], v)
		}
	}
	return all
}

// findings explores so many schedules of each scenario of one round's variants, laid out in root.
func findings(t *testing.T, root string, round []variant, schedules int) (found []explored.Package) {
	patterns, names := []string{}, map[string]string{}
	for _, v := range round {
		text, err := os.ReadFile(v.file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(root, v.dir, filepath.Base(v.file)), text, 0o600))
		patterns, names[filepath.ToSlash(v.dir)] = append(patterns, "./"+filepath.ToSlash(v.dir)), v.name
	}
	r, err := Explore(t.Context(), Options{
		Dir: root, Env: os.Environ(), Patterns: patterns, Run: regexp.MustCompile("^TestSchedule"), Race: true, Seed: 1,
		Budget: Budget{Schedules: schedules, Time: Normal.Time, Steps: Normal.Steps}, Processors: runtime.NumCPU(),
	})
	require.NoError(t, err)
	for _, p := range r.Packages {
		name := names[p.Dir]
		kept := explored.Package{Package: name, Dir: p.Dir}
		for _, test := range p.Tests {
			if test.Verdict.Found() {
				test.Detail, test.Seconds = "", 0 // it names this machine's folders
				kept.Tests = append(kept.Tests, test)
			}
		}
		found = append(found, kept)
	}
	return found
}

// layOut copies the exercises, with the module that they are part of.
func layOut(t *testing.T) (from, to string) {
	from, err := filepath.Abs("../../..")
	require.NoError(t, err)
	to = t.TempDir()
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(from, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, name), text, 0o600))
	}
	require.NoError(t, os.CopyFS(filepath.Join(to, "exercises"), os.DirFS(filepath.Join(from, "exercises"))))
	return from, to
}

const recording = "../explored/testdata/findings.json.gz"

// What the sentence about a finding names, the picture has: of some starters, the same
// ones until they change, as they are explored now. HEISENKATA_ALL=1 takes all. Package
// explored has the same of a recording of all wrong fixes, which -update makes.
func TestPicturesHoldWhatIsNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a test binary for each exercise")
	}
	from, to := layOut(t)
	all := rounds(t, from)
	names := namesIn(all)
	if !*update || *starters {
		all = all[:1]
	}
	if !*update {
		all[0] = slices.DeleteFunc(all[0], func(v variant) bool { return !taken(t, v.file, 8) })
		require.NotEmpty(t, all[0])
	}
	schedules := 50 // enough for most; a recording has more
	if *update {
		schedules = 200
	}
	var report explored.Report
	for _, round := range all {
		report.Packages = append(report.Packages, findings(t, to, round, schedules)...)
	}
	count := 0
	for _, p := range report.Packages {
		for _, test := range p.Tests {
			count++
			for _, columns := range widths {
				picture := explored.Picture(test, columns)
				assert.Empty(t, held.Missing(test, picture), "%s, %s at %d columns: %s\n%s", p.Package, test.Name, columns, test.Summary, picture)
			}
		}
	}
	assert.GreaterOrEqual(t, count, len(all[0]), "each starter fails")
	if *update && *starters {
		for _, p := range recorded(t).Packages {
			if names[p.Package] && strings.Contains(p.Package, " ") { // it has the name of a wrong fix
				report.Packages = append(report.Packages, p)
			}
		}
	}
	if *update {
		record(t, report)
	}
}

// namesIn are the names of all variants.
func namesIn(rounds [][]variant) map[string]bool {
	names := map[string]bool{}
	for _, round := range rounds {
		for _, v := range round {
			names[v.name] = true
		}
	}
	return names
}

func record(t *testing.T, r explored.Report) {
	file, err := os.Create(recording)
	require.NoError(t, err)
	z, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	require.NoError(t, err)
	require.NoError(t, json.NewEncoder(z).Encode(r))
	require.NoError(t, z.Close())
	require.NoError(t, file.Close())
}

func recorded(t *testing.T) (r explored.Report) {
	file, err := os.Open(recording)
	require.NoError(t, err)
	defer func() { assert.NoError(t, file.Close()) }()
	z, err := gzip.NewReader(file)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &r))
	from, err := filepath.Abs("../../..")
	require.NoError(t, err)
	assert.False(t, strings.Contains(string(text), from), "no machine's paths")
	return r
}

// The recording has every starter, and nothing that does not exist any more.
func TestRecordingIsComplete(t *testing.T) {
	from, err := filepath.Abs("../../..")
	require.NoError(t, err)
	all := rounds(t, from)
	exists, has := namesIn(all), map[string]bool{}
	for _, p := range recorded(t).Packages {
		has[p.Package] = true
		assert.True(t, exists[p.Package], "there is no %s any more: record the starters again, with -update -starters", p.Package)
	}
	for _, v := range all[0] {
		assert.True(t, has[v.name], "%s is not recorded: go test ./grader/internal/explore -run TestPicturesHold -update -starters", v.name)
	}
}
