package submission

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writes are ways to write values of more than one word: each changes elements of
// s, of which another goroutine reads all. T is the element type, old and other are
// slices of as many elements, m a map that is read meanwhile as well.
var writes = map[string]string{
	"assignment":          `for i := range s { s[i] = other[i] }`,
	"zeroing loop":        `var zero T; for i := range s { s[i] = zero }`,
	"clear":               `clear(s)`,
	"clear a part":        `clear(s[3:9])`,
	"clear an array":      `clear((*[64]T)(s)[:])`,
	"clear a field":       `x := &struct{ s []T }{s}; clear(x.s)`,
	"copy":                `copy(s, other)`,
	"append":              `_ = append(s[:0], other...)`,
	"append one":          `_ = append(s[:5], other[0])`,
	"append zeros":        `_ = append(s[:0], make([]T, 20)...)`,
	"append many":         `_ = append(s[:5], other[0], other[1], other[2])`,
	"zero array":          `*(*[64]T)(s) = [64]T{}`,
	"array":               `*(*[64]T)(s) = *(*[64]T)(other)`,
	"small array":         `*(*[2]T)(s) = [2]T{other[0], other[1]}`,
	"struct":              `type pair struct{ a, b T }; p := new([1]pair); q := p[:]; q[0] = pair{other[0], other[1]}; s[1] = q[0].a`,
	"swap":                `s[5], s[6] = s[6], s[5]`,
	"through a pointer":   `p := &s[5]; *p = other[5]`,
	"closure":             `f := func() { s[5] = other[5] }; f()`,
	"defer":               `func() { defer func() { s[5] = other[5] }() }()`,
	"named result":        `f := func() (r T) { defer func() { s[5] = r }(); return other[5] }; f()`,
	"receive":             `c := make(chan T, 1); c <- other[5]; s[5] = <-c`,
	"receive directly":    `c := make(chan T); go func() { c <- other[5] }(); s[5] = <-c`,
	"receive with ok":     `c := make(chan T, 1); c <- other[5]; var ok bool; s[5], ok = <-c; _ = ok`,
	"receive when closed": `c := make(chan T); close(c); s[5] = <-c`,
	"select":              `c := make(chan T, 1); c <- other[5]; select { case s[5] = <-c: }`,
	"select of two":       `c, d := make(chan T, 1), make(chan T); c <- other[5]; select { case s[5] = <-c: case s[6] = <-d: }`,
	"range over channel":  `c := make(chan T, 1); c <- other[5]; close(c); for s[5] = range c { _ = 0 }`,
	"range":               `for _, s[5] = range other { _ = 0 }`,
	"range over function": `for s[5] = range slices.Values(other) { break }`,
	"map element":         `x := map[int]T{1: other[5]}; s[5] = x[1]`,
	"map element with ok": `x := map[int]T{1: other[5]}; var ok bool; s[5], ok = x[1]; _ = ok`,
	"range over map":      `for _, s[5] = range map[int]T{1: other[5]} { _ = 0 }`,
	"assertion":           `s[5] = any(other[5]).(T)`,
	"assertion with ok":   `var ok bool; s[5], ok = any(other[5]).(T); _ = ok`,
	"several results":     `f := func() (T, int) { return other[5], 1 }; s[5], _ = f()`,
	"atomic.Value":        `var v atomic.Value; v.Store([1]T{other[5]}); s[5] = v.Load().([1]T)[0]`,
	"atomic.Pointer":      `var p atomic.Pointer[T]; p.Store(&s[5]); *p.Load() = other[5]`,
	"sync.Pool":           `p := sync.Pool{New: func() any { return other[5] }}; s[5] = p.Get().(T)`,
	"slices.Delete":       `slices.Delete(s, 0, len(s))`,
	"slices.DeleteFunc":   `slices.DeleteFunc(s, func(T) bool { return true })`,
	"slices.Insert":       `slices.Insert(s[:10], 2, other[1], other[2])`,
	"slices.Replace":      `slices.Replace(s, 2, len(s))`,
	"slices.CompactFunc":  `slices.CompactFunc(s, func(T, T) bool { return true })`,
	"slices.Reverse":      `slices.Reverse(s)`,
	"slices.Sort":         `n := 0; slices.SortFunc(s, func(T, T) int { n++; return n%3 - 1 })`,
	"slices.SortStable":   `n := 0; slices.SortStableFunc(s, func(T, T) int { n++; return n%3 - 1 })`,
	"slices.AppendSeq":    `slices.AppendSeq(s[:0], slices.Values(other))`,
	"slices.Grow":         `s2 := slices.Grow(s[:1], 10); s2[0] = other[0]`,
	"slices.Concat":       `copy(s, slices.Concat(other, other))`,
	"sort.Slice":          `n := 0; sort.Slice(s, func(i, j int) bool { n++; return n%2 == 0 })`,
	"sort.SliceStable":    `n := 0; sort.SliceStable(s, func(i, j int) bool { n++; return n%2 == 0 })`,
	"heap":                `heap.Init(&sorted[T]{s, 0})`,
	"list":                `l := list.New(); l.PushBack(other[5]); s[5] = l.Front().Value.(T)`,
	"ring":                `r := ring.New(1); r.Value = other[5]; s[5] = r.Value.(T)`,
	"iter.Pull":           `next, stop := iter.Pull(slices.Values(other)); defer stop(); s[5], _ = next()`,
	"iter.Pull writes":    `next, stop := iter.Pull(func(yield func(int) bool) { s[5] = other[5]; yield(1) }); defer stop(); next()`,
	"sync.OnceValue":      `s[5] = sync.OnceValue(func() T { return other[5] })()`,
	"time.AfterFunc":      `c := make(chan int); time.AfterFunc(0, func() { s[5] = other[5]; close(c) }); <-c`,
	"map assignment":      `m[1] = other[5]`,
	"map clear":           `clear(m)`,
	"map delete":          `delete(m, 1)`,
	"maps.Copy":           `maps.Copy(m, map[int]T{1: other[5]})`,
	"maps.DeleteFunc":     `maps.DeleteFunc(m, func(int, T) bool { return true })`,
	"maps.Insert":         `maps.Insert(m, maps.All(map[int]T{1: other[5]}))`,
	"value receiver":      `p := &boxes[5]; *p = box[T]{other[5]}; p.get()`,
	"pointer receiver":    `boxes[5].set(other[5])`,
	"method value":        `f := boxes[5].set; f(other[5])`,
}

// reads are ways to read them, while another goroutine assigns to each element and
// to m.
var reads = map[string]string{
	"index":             `keep = s[5]`,
	"range":             `for _, keep = range s { _ = 0 }`,
	"range over array":  `for _, x := range *(*[64]T)(s) { keep = x }`,
	"array":             `x := *(*[64]T)(s); keep = x[5]`,
	"copy":              `x := make([]T, 64); copy(x, s)`,
	"append":            `x := append([]T(nil), s...); keep = x[5]`,
	"argument":          `func(x T) { keep = x }(s[5])`,
	"go argument":       `c := make(chan int); go func(x T) { keep = x; close(c) }(s[5]); <-c`,
	"defer argument":    `func() { defer func(x T) { keep = x }(s[5]) }()`,
	"result":            `f := func() T { return s[5] }; keep = f()`,
	"send":              `c := make(chan T, 1); c <- s[5]; keep = <-c`,
	"send directly":     `c := make(chan T); go func() { keep = <-c; c <- keep }(); c <- s[5]; <-c`,
	"select":            `c := make(chan T, 1); select { case c <- s[5]: }; keep = <-c`,
	"select of two":     `c, d := make(chan T, 1), make(chan T); select { case c <- s[5]: case d <- s[6]: }; keep = <-c`,
	"to interface":      `var x any = s[5]; _ = x`,
	"into map":          `x := map[int]T{}; x[1] = s[5]; keep = x[1]`,
	"map literal":       `x := map[int]T{1: s[5]}; keep = x[1]`,
	"value receiver":    `keep = boxes[5].get()`,
	"method value":      `f := boxes[5].get; keep = f()`,
	"interface method":  `var g interface{ get() T } = &boxes[5]; keep = g.get()`,
	"embedded receiver": `o := struct{ *box[T] }{&boxes[5]}; keep = o.get()`,
	"struct":            `x := boxes[5]; keep = x.v`,
	"slices.Clone":      `keep = slices.Clone(s)[5]`,
	"slices.Collect":    `keep = slices.Collect(slices.Values(s))[5]`,
	"slices.Index":      `slices.IndexFunc(s, func(x T) bool { keep = x; return false })`,
	"slices.Insert":     `keep = slices.Insert([]T{other[0]}, 0, s...)[5]`,
	"slices.Repeat":     `keep = slices.Repeat(s, 2)[70]`,
	"atomic.Value":      `var v atomic.Value; v.Store([1]T{s[5]}); keep = v.Load().([1]T)[0]`,
	"fmt":               `_ = fmt.Sprint(s)`,
	"map index":         `keep = m[1]`,
	"map range":         `for _, keep = range m { _ = 0 }`,
	"maps.Clone":        `keep = maps.Clone(m)[1]`,
	"maps.Values":       `for keep = range maps.Values(m) { _ = 0 }`,
	"maps.Copy":         `x := map[int]T{}; maps.Copy(x, m); keep = x[1]`,
}

// elements are the types whose values have more than one word, and a pointer, with
// two values each.
var elements = map[string][2]string{
	"[]byte":               {`[]byte("a")`, `[]byte("bc")`},
	"string":               {`"a"`, `"bc"`},
	"any":                  {`any(1)`, `any("x")`},
	"error":                {`errors.New("x")`, `fmt.Errorf("y")`},
	"struct{ a, b string}": {`struct{ a, b string}{"x", "y"}`, `struct{ a, b string}{"xx", "yy"}`},
	"[3]any":               {`[3]any{1, 2, 3}`, `[3]any{"x"}`},
	"*int":                 {`new(int)`, `new(int)`},
	"func() int":           {`func() int { return 1 }`, `func() int { return 2 }`},
}

// special are ways to write that only one type of element has.
var special = map[string]map[string]string{
	"[]byte": {"fmt.Sscan": `fmt.Sscan("zz", &s[5])`, "bytes.Buffer": `var b bytes.Buffer; b.WriteString("xyz"); s[5] = b.Bytes()`},
	"string": {"fmt.Sscan": `fmt.Sscan("zz", &s[5])`, "slices.Sort": `s[5] = "zz"; slices.Sort(s)`, "slices.Compact": `slices.Compact(s[:32])`, "sort.Strings": `s[63] = ""; sort.Strings(s)`},
	"error":  {"errors.As": `errors.As(other[5], &s[5])`},
}

// apart is the part of a program that runs two functions which nothing orders.
const apart = `
var over int // that f is: neither of the two functions below is seen

//go:norace
//go:noinline
func set(n int) { over = n }

//go:norace
//go:noinline
func get() int { return over }

// apart runs f, and then g in another goroutine: nothing orders the two that the
// race detector knows of.
func apart(f, g func()) {
	set(0)
	done := make(chan bool)
	go func() { f(); set(1); done <- true }()
	for get() == 0 { runtime.Gosched() }
	g()
	<-done
}
`

const litmusHead = `package main

import (
	"heisenkata/exercises/internal/seen"; seenmaps "heisenkata/exercises/internal/seen/maps"; seenslices "heisenkata/exercises/internal/seen/slices"
	"bytes"; "container/heap"; "container/list"; "container/ring"; "errors"; "fmt"; "iter"; "maps"; "runtime"; "slices"; "sort"; "sync"; "sync/atomic"; "time"
)

var (
	_ bytes.Buffer; _ heap.Interface; _ = list.New; _ = ring.New; _ = errors.New; _ = fmt.Sprint; _ iter.Seq[int]; _ = maps.Clone[map[int]int]; _ = slices.Max[[]int]
	_ = seen.Clear; _ = seenmaps.Clone[map[int]int]; _ = seenslices.Max[[]int]; _ = sort.Slice; _ sync.Mutex; _ atomic.Int32; _ time.Duration
)

type box[T any] struct{ v T }

func (b box[T]) get() T { return b.v }
func (b *box[T]) set(v T) { b.v = v }

type sorted[T any] struct { s []T; n int }

func (h *sorted[T]) Len() int { return len(h.s) }
func (h *sorted[T]) Less(i, j int) bool { h.n++; return h.n%2 == 1 }
func (h *sorted[T]) Swap(i, j int) { h.s[i], h.s[j] = h.s[j], h.s[i] }
func (h *sorted[T]) Push(x any) {}
func (h *sorted[T]) Pop() any { return nil }

func filled[T any](v T) []T {
	s := make([]T, 64)
	for i := range s { s[i] = v }
	return s
}

` + apart + `
func main() {
	for _, c := range cases { c() }
}
`

// A case is a function of this form. First its snippet runs, then it reads all, or
// assigns to all.
const litmusForm = `
func %[1]s() {
	type T = %[2]s
	var keep T
	_ = keep
	s, other, m := filled[T](%[3]s), filled[T](%[4]s), map[int]T{1: %[3]s}
	boxes := make([]box[T], 64)
	_, _, _ = other, m, boxes
	apart(func() {
		%[5]s
	}, func() {
		%[6]s
	})
}
`

const (
	readAll   = `var x T; for i := range s { x = s[i]; x = boxes[i].v }; x = m[1]; _ = x`
	assignAll = `for i := range s { s[i] = other[i]; boxes[i].v = other[i] }; m[1] = other[5]`
)

// TestLitmus races each way to write a value of several words, and each way to read
// one, for every type of element. What the race detector of this version of Go does
// not see, the policy has to refuse, or a stand-in does so that it is seen.
func TestLitmus(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program with the race detector")
	}
	version, err := exec.Command("go", "env", "GOVERSION").Output()
	require.NoError(t, err)
	assert.Regexp(t, "^"+regexp.QuoteMeta(TestedGo)+`(\.|\s|$)`, string(version), "if all else passes, TestedGo may name this version")
	program, cases := litmus()
	log := raced(t, program)
	var unseen []string
	for id, c := range cases {
		if regexp.MustCompile(`main\.` + id + `\b`).MatchString(log) {
			continue
		}
		unseen = append(unseen, c.name)
		assert.True(t, hasStandIn(c.code) || checkSource(exercise, snippetFile(c.code)) != nil,
			"%s, of %s: the race detector does not see it, and the policy allows it: %s", c.name, c.element, c.code)
	}
	slices.Sort(unseen)
	unseen = slices.Compact(unseen)
	t.Logf("%d cases, of which the race detector does not see: %s", len(cases), strings.Join(unseen, ", "))
	assert.Contains(t, unseen, "write: clear", "what sees everything may not look")
}

type litmusCase struct{ name, element, code string }

// litmus is a program of all cases, each in a function named by its key.
func litmus() (program string, cases map[string]litmusCase) {
	cases = map[string]litmusCase{}
	var text, list strings.Builder
	text.WriteString(litmusHead)
	add := func(kind, element string, snippets map[string]string, then string) {
		for name, code := range withStandIns(snippets) {
			id := fmt.Sprintf("case%d", len(cases))
			cases[id] = litmusCase{kind + ": " + name, element, code}
			values := elements[element]
			fmt.Fprintf(&text, litmusForm, id, element, values[0], values[1], code, then)
			fmt.Fprintf(&list, "%s, ", id)
		}
	}
	for element := range elements {
		add("write", element, writes, readAll)
		add("write", element, special[element], readAll)
		add("read", element, reads, assignAll)
	}
	return text.String() + "\nvar cases = []func(){" + list.String() + "}\n", cases
}

// withStandIns adds to snippets those that use an unseen function the same with its
// stand-in.
func withStandIns(snippets map[string]string) map[string]string {
	all := maps.Clone(snippets)
	for name, code := range snippets {
		if hasStandIn(code) {
			all[name+" by a stand-in"] = strings.NewReplacer("slices.", "seenslices.", "maps.", "seenmaps.", "clear(", "seen.Clear(").Replace(code)
		}
	}
	return all
}

func hasStandIn(code string) bool {
	file := []byte("package p; " + snippetFile(code))
	return !bytes.Equal(Seen(file, true), file) || Clears(file) // fmt's makes nothing seen
}

func snippetFile(code string) string {
	return `import "maps"; import "slices"; func F[T any](s, other []T, m map[int]T) { _, _ = slices.Clone[[]T], maps.Keys[map[int]T]; ` + code + ` }`
}

// raced runs a race-built program and returns what the detector reports.
func raced(t *testing.T, program string) string {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(filepath.Join(dir, "exercises", "internal", "seen"), os.DirFS("../../../exercises/internal/seen")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module heisenkata\n\ngo 1.26\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "exercises", "main.go"), []byte(program), 0o600))
	build := exec.Command("go", "build", "-race", "-o", "litmus", "./exercises")
	build.Dir, build.Env = dir, append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%.3000s", out)
	run := exec.Command(filepath.Join(dir, "litmus"))
	run.Env = append(os.Environ(), "GORACE=exitcode=0 halt_on_error=0 atexit_sleep_ms=0")
	out, err = run.CombinedOutput()
	require.NoError(t, err, "%.3000s", out)
	return string(out)
}

// TestUnseenHaveStandIns looks for the functions of importable packages that use the
// built-in clear, or that are implemented by the runtime, which is not instrumented.
// Of the packages whose own subject is synchronisation, the runtime's part tells the
// race detector what it does.
func TestUnseenHaveStandIns(t *testing.T) {
	var found []string
	for _, name := range allowedImports {
		if !strings.Contains(name, ".") && !slices.Contains([]string{"sync", "sync/atomic", "time", "iter", "math", "math/rand/v2"}, name) {
			found = append(found, hidden(t, standard(t, name), name)...)
		}
	}
	slices.Sort(found)
	assert.Equal(t, unseenFunctions, slices.Compact(found))
}

// standard is the folder of a package of the standard library.
func standard(t *testing.T, name string) string {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	return filepath.Join(strings.TrimSpace(string(root)), "src", filepath.FromSlash(name))
}

// hidden lists the exported functions of a package that use clear, or one of its
// functions without a body.
func hidden(t *testing.T, dir, name string) (found []string) {
	all, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	require.NotEmpty(t, all, dir)
	names := map[string]bool{"clear": true}
	var functions []*ast.FuncDecl
	for _, file := range all {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, decl := range tree.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				functions = append(functions, f)
			} else if ok {
				names[f.Name.Name] = true
			}
		}
	}
	for _, f := range functions {
		if calls(f, names) {
			found = append(found, name+"."+f.Name.Name)
		}
	}
	return found
}

// calls reports whether a function calls one of those names.
func calls(f *ast.FuncDecl, names map[string]bool) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			id, ok := call.Fun.(*ast.Ident)
			found = found || ok && names[id.Name]
		}
		return true
	})
	return found
}
