package instrument

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"go/importer"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	runtimeModule = "heisenkata.explore"
	runtimePath   = "heisenkata/grader/internal/explore/rt/"
	filesEach     = 8
	programsEach  = 12

	// firstSeed is the first of the seeds that are used: of some before it, the
	// compiler refuses a program as it was written.
	firstSeed = 7
)

// batches is how many packages of programs there are for each language version.
func batches() int {
	if n, err := strconv.Atoi(os.Getenv("HEISENKATA_PROGRAMS")); err == nil {
		return max(1, n/(2*filesEach*programsEach))
	}
	return 1
}

// Programs that were rewritten, and that run without control, say what they said
// before, on the same lines.
func TestProgramsMeanTheSame(t *testing.T) {
	if testing.Short() {
		t.Skip("builds some hundred programs twice")
	}
	w := newWorkspace(t)
	for i := range batches() {
		for _, lang := range []string{"go1.20", "go1.25"} {
			w.add(fmt.Sprintf("batch%s_%d", strings.TrimPrefix(lang, "go1."), i), lang, uint64(i+firstSeed))
		}
	}
	w.rewrite()
	w.build("original")
	w.build("rewritten", "-overlay="+w.overlay)
	for _, name := range w.packages {
		w.compare(name)
	}
	t.Logf("%d programs of %d alternatives", w.programs, len(w.used))
}

// workspace is a folder with modules of programs, each a package of its own.
type workspace struct {
	*testing.T
	root, overlay string
	packages      []string
	langs         map[string]string
	used          map[string]int
	programs      int
}

func newWorkspace(t *testing.T) *workspace {
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	w := &workspace{T: t, root: root, overlay: filepath.Join(root, "overlay.json"), langs: map[string]string{}, used: map[string]int{}}
	w.runtime()
	return w
}

func (w *workspace) write(name, text string) {
	path := filepath.Join(w.root, name)
	require.NoError(w, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(w, os.WriteFile(path, []byte(text), 0o644))
}

// runtime copies the runtime as the explorer does.
func (w *workspace) runtime() {
	err := filepath.WalkDir("../rt", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "testdata") {
			return err
		}
		text, err := os.ReadFile(name)
		w.write(filepath.Join("rt", strings.TrimPrefix(name, "../rt")), strings.ReplaceAll(string(text), runtimePath, runtimeModule+"/"))
		return err
	})
	require.NoError(w, err)
	w.write("rt/go.mod", "module "+runtimeModule+"\n\ngo 1.25.0\n")
}

// add writes a package of programs, as a module of its own.
func (w *workspace) add(name, lang string, seed uint64) {
	g := newGenerator(seed, lang)
	for i, text := range g.files(filesEach, programsEach) {
		if i%2 == 0 {
			formatted, err := format.Source([]byte(text))
			require.NoError(w, err)
			text = string(formatted)
		}
		w.write(fmt.Sprintf("%s/f%d.go", name, i), dressed(i, text))
	}
	support, err := os.ReadFile("testdata/programs/support.go")
	require.NoError(w, err)
	w.write(name+"/support.go", string(support))
	w.write(name+"/go.mod", fmt.Sprintf("module %s\n\ngo %s\n", name, strings.TrimPrefix(lang, "go")))
	w.packages = append(w.packages, name)
	w.langs[name] = lang
	w.programs += filesEach * programsEach
	for alternative, n := range g.used {
		w.used[alternative] += n
	}
}

// dressed gives some files what few have: a build constraint, a byte order mark,
// carriage returns, lines that are another file's.
func dressed(file int, text string) string {
	switch file {
	case 0:
		return "//go:build !never\n\n" + text
	case 1:
		return "\ufeff" + strings.ReplaceAll(text, "\n", "\r\n")
	case 2:
		return strings.Replace(text, "\nfunc p2_4(", "\n//line grammar.y:7000\nfunc p2_4(", 1)
	}
	return text
}

// rewrite rewrites the packages, and writes a workspace for them and an overlay.
func (w *workspace) rewrite() {
	work := "go 1.25.0\n\nuse ./rt\n"
	replace := map[string]string{}
	fset := token.NewFileSet()
	imp := importer.ForCompiler(fset, "source", nil)
	for _, name := range w.packages {
		work += "use ./" + name + "\n"
		p := load(w.T, filepath.Join(w.root, name), w.langs[name], imp, fset)
		var sites Sites
		out, err := Rewrite(p, &sites, runtimeModule)
		require.NoError(w, err)
		for path, text := range out.Files {
			to := filepath.Join("rewritten", name, filepath.Base(path))
			w.write(to, string(text))
			replace[path] = filepath.Join(w.root, to)
		}
	}
	w.write("go.work", work)
	text, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(w, err)
	w.write("overlay.json", string(text))
}

func (w *workspace) build(folder string, flags ...string) {
	to := filepath.Join(w.root, "bin", folder) + string(filepath.Separator)
	require.NoError(w, os.MkdirAll(to, 0o755))
	args := append([]string{"build", "-ldflags=-s -w", "-o", to}, flags...)
	for _, name := range w.packages {
		args = append(args, "./"+name)
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = w.root
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK="+filepath.Join(w.root, "go.work"))
	out, err := cmd.CombinedOutput()
	if kept := os.Getenv("HEISENKATA_KEEP"); err != nil && kept != "" {
		_ = os.CopyFS(kept, os.DirFS(w.root)) // to look into
	}
	require.NoError(w, err, "%s do not build: %s", folder, out)
}

func (w *workspace) run(folder, name string) string {
	cmd := exec.Command(filepath.Join(w.root, "bin", folder, name))
	var out, wrong bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &wrong
	assert.NoError(w, cmd.Run(), "%s %s: %s", folder, name, &wrong)
	return out.String()
}

// compare runs a package's programs, twice as they are and once rewritten.
func (w *workspace) compare(name string) {
	before, again, after := w.run("original", name), w.run("original", name), w.run("rewritten", name)
	require.Equal(w, before, again, "%s: the programs have more than one outcome", name)
	for i, program := range strings.Split(before, "\nprogram ") {
		programs := strings.Split(after, "\nprogram ")
		if i >= len(programs) || programs[i] != program {
			w.Errorf("%s: %s", name, difference(program, append(programs, make([]string, i+1)...)[i]))
			return
		}
	}
}

// difference is the first line that differs.
func difference(before, after string) string {
	b, a := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range min(len(b), len(a)) {
		if b[i] != a[i] {
			return fmt.Sprintf("program %s says %q, and rewritten %q", b[0], b[i], a[i])
		}
	}
	return fmt.Sprintf("program %s says %d lines, and rewritten %d", b[0], len(b), len(a))
}
