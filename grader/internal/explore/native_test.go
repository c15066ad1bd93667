package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"go/build"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// standard are packages of the standard library that need nothing internal to
// it; those after the gap are for larger runs.
var standard = [2][]string{
	{"bufio", "container/heap", "container/list", "container/ring", "encoding/csv", "encoding/xml", "net/textproto", "text/scanner", "mime/quotedprintable", "text/tabwriter", "text/template/parse"},
	{"cmp", "compress/flate", "compress/gzip", "compress/lzw", "encoding/base32", "encoding/hex", "html", "maps", "net/http/fcgi", "net/mail", "net/rpc", "net/rpc/jsonrpc", "regexp/syntax", "testing/iotest"},
}

// dependencies are packages of the modules that this one depends on.
var dependencies = [2]map[string][]string{
	{
		"github.com/BurntSushi/toml":      {"."},
		"github.com/alecthomas/kong":      {"."},
		"github.com/rogpeppe/go-internal": {"par"},
		"golang.org/x/sync":               {"errgroup", "singleflight"},
	},
	{
		"github.com/dnephin/pflag":        {"."},
		"github.com/mattn/go-runewidth":   {"."},
		"github.com/rivo/uniseg":          {"."},
		"github.com/rogpeppe/go-internal": {"cache", "diff", "fmtsort", "imports", "par", "txtar"},
		"golang.org/x/mod":                {"modfile", "module", "semver", "sumdb/..."},
		"golang.org/x/sync":               {"errgroup", "singleflight", "syncmap"},
	},
}

// themselves start their own binary to run one test of it, which is not there
// under its name.
var themselves = []string{"TestSpuriousEDEADLK", "TestPanicDoChan", "TestPanicDoSharedByDoChan"}

// Tests of published packages, rewritten along with them and without
// control, pass as they passed before.
func TestTestsOfOthersPassNatively(t *testing.T) {
	if os.Getenv("HEISENKATA_PROGRAMS") == "" {
		t.Skip("builds and runs the tests of some thirty packages twice: set HEISENKATA_PROGRAMS=1000 to do so")
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	others := copyOthers(t, dir)
	env := append(os.Environ(), "GOFLAGS=-ldflags=-w", "GOWORK="+filepath.Join(dir, "go.work"))
	before := testsBefore(t, dir, env, others)
	after := testsAfter(t, dir, env, others)
	tests := 0
	for _, pkg := range slices.Sorted(maps.Keys(before)) {
		for name, verdict := range before[pkg] {
			if verdict != "fail" && !slices.Contains(themselves, name) {
				tests++
				assert.Equal(t, verdict, after[pkg][name], "%s: %s", pkg, name)
			}
		}
	}
	assert.GreaterOrEqual(t, tests, 400)
	t.Logf("%d tests of %d packages", tests, len(before))
}

// copyOthers copies packages and modules into a workspace, and returns patterns
// for them.
func copyOthers(t *testing.T, dir string) (patterns []string) {
	work := "go 1.26.0\n\nuse ./standard\n"
	put(t, filepath.Join(dir, "standard", "go.mod"), "module standard\n\ngo 1.26.0\n")
	packages, modules := standard[0], maps.Clone(dependencies[0])
	if os.Getenv("HEISENKATA_PROGRAMS") != "" {
		packages = slices.Concat(packages, standard[1])
		maps.Copy(modules, dependencies[1])
	}
	for _, pkg := range packages {
		copyPackage(t, pkg, dir)
		patterns = append(patterns, "./standard/"+pkg)
	}
	for i, module := range slices.Sorted(maps.Keys(modules)) {
		out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
		require.NoError(t, err, module)
		to := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, os.CopyFS(to, os.DirFS(strings.TrimSpace(string(out)))))
		require.NoError(t, writable(to))
		work += fmt.Sprintf("use ./%d\n", i)
		for _, pkg := range modules[module] {
			patterns = append(patterns, fmt.Sprintf("./%d/%s", i, pkg))
		}
	}
	put(t, filepath.Join(dir, "go.work"), work)
	return patterns
}

func put(t *testing.T, name, text string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
}

// copyPackage copies a package's folder, without test files that import what
// only the standard library may.
func copyPackage(t *testing.T, pkg, dir string) {
	from, to := filepath.Join(build.Default.GOROOT, "src", pkg), filepath.Join(dir, "standard", pkg)
	files, err := filepath.Glob(filepath.Join(from, "*.go"))
	require.NoError(t, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		if !strings.HasSuffix(name, "_test.go") || !bytes.Contains(text, []byte("\"internal/")) {
			put(t, filepath.Join(to, filepath.Base(name)), strings.ReplaceAll(string(text), fmt.Sprintf("%q\n", pkg), fmt.Sprintf("%q\n", "standard/"+pkg)))
		}
	}
	if data := filepath.Join(from, "testdata"); exists(data) {
		require.NoError(t, os.CopyFS(filepath.Join(to, "testdata"), os.DirFS(data)))
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// verdicts returns the verdicts of a package's tests, by name.
type verdicts map[string]string

// testsBefore runs the tests as they are.
func testsBefore(t *testing.T, dir string, env, patterns []string) map[string]verdicts {
	cmd := exec.Command("go", append([]string{"test", "-json", "-short", "-vet=off", "-run=^(Test|Example)"}, patterns...)...)
	cmd.Dir, cmd.Env = dir, env
	out, _ := cmd.Output() // it fails if one of the tests does
	found := map[string]verdicts{}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var e struct{ Action, Package, Test string }
		require.NoError(t, d.Decode(&e))
		if e.Test == "" || strings.Contains(e.Test, "/") || e.Action != "pass" && e.Action != "fail" && e.Action != "skip" {
			continue
		}
		if found[e.Package] == nil {
			found[e.Package] = verdicts{}
		}
		found[e.Package][e.Test] = e.Action
	}
	return found
}

// testsAfter rewrites, builds and runs them without control.
func testsAfter(t *testing.T, dir string, env, patterns []string) map[string]verdicts {
	s, err := newSession(t.Context(), Options{Dir: dir, Env: env, Patterns: patterns})
	require.NoError(t, err)
	defer s.Close()
	for _, step := range []func(context.Context) error{s.list, s.layOut, s.rewrite} {
		require.NoError(t, step(t.Context()))
	}
	for _, target := range s.targets {
		if p := s.byPath[target.path]; target.reason == "" {
			name := p.Name
			if len(p.GoFiles)+len(p.TestGoFiles) == 0 {
				name += "_test"
			}
			require.NoError(t, s.put(filepath.Join(p.Dir, driverFor), fmt.Appendf(nil, nativeDriver, name, strings.Join(themselves, "\", \""))))
		}
	}
	require.NoError(t, s.putOverlay())
	for i, group := range s.groups() {
		require.NoError(t, s.compileGroup(t.Context(), group, filepath.Join(s.dir, "bin", fmt.Sprint(i))))
	}
	found := map[string]verdicts{}
	for _, target := range s.targets {
		if target.binary != "" {
			found[target.path] = runNatively(t, target)
		}
	}
	return found
}

const nativeDriver = `package %s

import (
	"fmt"
	"testing"

	vtesting "heisenkata.explore/vtesting"
)

func TestNatively(*testing.T) {
	for _, n := range vtesting.Tests() {
		switch n.Name {
		case "%s":
			continue
		}
		var t *vtesting.T
		done := make(chan bool)
		go func() {
			defer close(done)
			vtesting.RunTop(n.Name, func(its *vtesting.T) { t = its; n.F(its) })
		}()
		<-done
		verdict := "pass"
		if t.Failed() {
			verdict = "fail"
		} else if t.Skipped() {
			verdict = "skip"
		}
		fmt.Println("\nnatively", n.Name, verdict)
	}
}
`

// runNatively runs the tests of a binary, and its examples.
func runNatively(t *testing.T, target *target) verdicts {
	cmd := exec.Command(target.binary, "-test.v", "-test.short", "-test.run=^(TestNatively|Example)")
	cmd.Dir = target.dir
	out, err := cmd.CombinedOutput()
	assert.NoError(t, err, "%s: %s", target.path, out)
	found := verdicts{}
	for line := range strings.SplitSeq(string(out), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 3 && words[0] == "natively":
			found[words[1]] = words[2]
		case len(words) == 4 && words[0] == "---":
			found[words[2]] = strings.ToLower(strings.TrimSuffix(words[1], ":"))
		}
	}
	return found
}
