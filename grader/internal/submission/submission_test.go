package submission

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

var exercise = kata.Exercise{ID: "x", Dir: "exercises/01-a/01-x", Files: []string{"x.go"}}

// checkout makes a learner's checkout and returns its root and x.go's path.
func checkout(t *testing.T) (root, file string) {
	t.Helper()
	root = t.TempDir()
	dir := filepath.Join(root, filepath.FromSlash(exercise.Dir))
	require.NoError(t, os.MkdirAll(dir, 0o755))
	return root, filepath.Join(dir, "x.go")
}

func TestReadTakesOnlyListedFiles(t *testing.T) {
	root, file := checkout(t)
	require.NoError(t, os.WriteFile(file, []byte("package x\n"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "x_test.go"), []byte("package x\n"), 0o644))
	s, err := Read(root, exercise, exercise.Dir)
	require.NoError(t, err)
	assert.Equal(t, map[string][]byte{"x.go": []byte("package x\n")}, s.Files)

	again, err := Read(root, exercise, exercise.Dir)
	require.NoError(t, err)
	assert.Equal(t, s.Hash(), again.Hash())
	again.Files["x.go"] = []byte("package x \n")
	assert.NotEqual(t, s.Hash(), again.Hash())
}

func TestReadRefuses(t *testing.T) {
	write := func(data []byte) func(*testing.T, string) {
		return func(t *testing.T, file string) { require.NoError(t, os.WriteFile(file, data, 0o644)) }
	}
	for name, c := range map[string]struct {
		make func(*testing.T, string)
		want string
	}{
		"missing":   {func(*testing.T, string) {}, "is missing"},
		"empty":     {write(nil), "is empty"},
		"10 MB":     {write(bytes.Repeat([]byte("//\n"), 10<<20/3)), "more than the 65536"},
		"not UTF-8": {write([]byte("package x // \xff\n")), "is not UTF-8"},
		"NUL":       {write([]byte("package x // \x00\n")), "U+0000"},
		"bidi":      {write([]byte("package x // \u202e\n")), "U+202E"},
		"a folder":  {func(t *testing.T, file string) { require.NoError(t, os.Mkdir(file, 0o755)) }, "is not a regular file"},
		"symlink": {func(t *testing.T, file string) {
			require.NoError(t, os.WriteFile(file+".real", []byte("package x\n"), 0o644))
			require.NoError(t, os.Symlink(file+".real", file))
		}, "is a symbolic link"},
	} {
		t.Run(name, func(t *testing.T) {
			root, file := checkout(t)
			c.make(t, file)
			_, err := Read(root, exercise, exercise.Dir)
			var refusal *Refusal
			require.ErrorAs(t, err, &refusal)
			assert.ErrorContains(t, err, c.want)
			assert.Equal(t, evidence.Policy, refusal.Findings[0].Verdict)
			assert.Contains(t, refusal.Findings[0].Replay, "reset x")
		})
	}
}

// A link further up must not lead out of the checkout either.
func TestReadStaysInTheCheckout(t *testing.T) {
	root, file := checkout(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "x.go"), []byte("package x\n"), 0o644))
	require.NoError(t, os.RemoveAll(filepath.Dir(file)))
	require.NoError(t, os.Symlink(outside, filepath.Dir(file)))
	_, err := Read(root, exercise, exercise.Dir)
	require.Error(t, err)
	_, err = Read(filepath.Join(root, "nowhere"), exercise, exercise.Dir)
	require.ErrorContains(t, err, "opening the submission")
}

func TestPolicy(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{`import "runtime"; var _ = runtime.GOMAXPROCS(1)`, `import "runtime"`},
		{`import "unsafe"; var _ unsafe.Pointer`, `import "unsafe"`},
		{`import "os/exec"; var _ exec.Cmd`, `import "os/exec"`},
		{`import "math/rand"; var _ = rand.Int`, `import "math/rand"`},
		{`import "C"`, `import "C"`},
		{`import . "fmt"; var _ = Sprint`, `import "fmt" as .`},
		{`import _ "fmt"`, `import "fmt" as _`},
		{"//go:norace\nfunc F() {}", "hold the directive //go:norace"},
		{"//line other.go:1\nfunc F() {}", "hold the directive //line"},
		{"/*line other.go:1*/\nfunc F() {}", "hold the directive /*line"},
		{"// +build race\n", "hold the directive"},
		{"func init() {}", "have an init function"},
		{"func F()", "without a body"},
		{"func len(any) int { return 0 }", "declare its own len"},
		{"type error int", "declare its own error"},
		{"var true = false", "declare its own true"},
		{`import "io"; func F() { io.EOF = nil }`, "change io.EOF"},
		{`import "io"; func F() { (io.EOF) = nil }`, "change io.EOF"},
		{`import "io"; func F() { p := &io.EOF; *p = nil }`, "change io.EOF"},
		{`import "io"; func F(m []error) { for _, io.EOF = range m {} }`, "change io.EOF"},
		{`import "time"; func F() { time.Local.String(); time.Local = nil }`, "change time.Local"},
		{`import x "time"; func F() { x.Local = nil }`, "change x.Local"},
		{`import "fmt"; func F() { fmt.Println() }`, "call fmt.Println"},
		{`import "fmt"; func F() { fmt.Sscan("") ; fmt.Scanf("") }`, "call fmt.Scanf"},
		{`func F() { println() }`, "call println"},
		{`func F() { defer func() { recover() }() }`, "recover"},
	} {
		s := Submission{Files: map[string][]byte{"x.go": []byte("package x\n" + c.source + "\n")}}
		found := Check(exercise, s)
		if assert.NotEmpty(t, found, c.source) {
			assert.Contains(t, found[0].Summary, c.want)
			assert.NotEmpty(t, found[0].Meaning, c.source)
			assert.GreaterOrEqual(t, found[0].Places[0].Line, 1)
		}
	}
}

func TestPolicyAllows(t *testing.T) {
	for _, source := range []string{
		`import ("sync"; "sync/atomic"; "golang.org/x/sync/errgroup"; "container/list"; "hash/fnv"); var (_ sync.Mutex; _ atomic.Int64; _ errgroup.Group; _ list.List; _ = fnv.New32)`,
		`import "math/rand/v2"; var _ = rand.IntN(3)`,
		`type T struct{ error }; func (T) init() {}; func (T) len() int { n := 0; n++; return n }`,
		`import "fmt"; import "io"; func F(w io.Writer) { fmt.Fprintln(w); _ = fmt.Sprint(&struct{}{}) }`,
		`import "sync"; func F() { mu := &sync.Mutex{}; mu.Lock() }`,
		"// Go: a remark\nfunc F() {}",
		"this does not parse",
	} {
		s := Submission{Files: map[string][]byte{"x.go": []byte("package x\n" + source + "\n")}}
		assert.Empty(t, Check(exercise, s), source)
	}
}

func TestManifestChangesThePolicy(t *testing.T) {
	e := exercise
	e.Policy = kata.Policy{AllowImports: []string{"net/..."}, DenyImports: []string{"time"}, Allow: []string{"recover"}}
	check := func(source string) string {
		var all []string
		for _, f := range Check(e, Submission{Files: map[string][]byte{"x.go": []byte("package x\n" + source)}}) {
			all = append(all, f.Summary)
		}
		return strings.Join(all, "; ")
	}
	assert.Empty(t, check(`import "net/http"; var _ http.Handler`))
	assert.Empty(t, check(`func F() { recover() }`))
	assert.Equal(t, `a fix may not import "time"`, check(`import "time"; var _ time.Time`))
}
