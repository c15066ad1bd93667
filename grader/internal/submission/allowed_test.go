package submission

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/kata"
)

func TestPolicyAllows(t *testing.T) {
	for _, source := range []string{
		`import ("sync"; "sync/atomic"; "golang.org/x/sync/errgroup"; "container/list"; "hash/fnv"); var (_ sync.Mutex; _ atomic.Int64; _ errgroup.Group; _ list.List; _ = fnv.New32)`,
		`import "math/rand/v2"; func F() int { return rand.IntN(3) }`,
		`import "time"; func F() { time.AfterFunc(time.Second, func() {}).Stop() }`,
		`import ("fmt"; "context"); var e = fmt.Errorf("hung up: %w %d", context.Canceled, 7)`,
		`import ("errors"; "sync"; "context"); var (ErrX = errors.New("x" + "y"); c = make(chan T, cap(d)); d = [3]T{}; m = map[string]*T{"a": new(T)}; cond = sync.NewCond(&mu); mu sync.Mutex; ctx = context.Background(); f = func() int { return g() }; once = sync.OnceFunc(func() { g() })); type T struct{ n int }; func g() int { return 1 }`,
		`import "time"; var (d = time.Duration(3) * time.Second; s = []byte("x"); n = N(int64(len("abc"))); l = List[int](nil); e = error(nil)); type (N int64; List[P any] []P)`,
		`func F() { clear := func([]int) {}; clear(nil) }; type T struct{ clear int }`,
		`type T struct{ error }; func (T) init() {}; func (T) len() int { n := 0; n++; return n }`,
		`type T struct{ print, recover int }; func (t T) println() { t.print++; t.recover, t.print = 1, 2; _ = T{print: 1, recover: 2} }`,
		`func F(len int, cap []int) (max int) { min := len; new := &min; *new++; max = min; return }`,
		`func F[any, error interface{}](a any, e error) {}`,
		`func F() { print: for { break print } }`,
		`func F() { print := func() {}; print(); recover := print; recover() }`,
		`func F(println func()) { println() }`,
		`import "fmt"; import "io"; func F(w io.Writer) { fmt.Fprintln(w); _ = fmt.Sprint(&struct{}{}); fmt.Sscan("") }`,
		`import fmt "strings"; var _ = fmt.Println`,
		`import "sync"; func F() { mu := &sync.Mutex{}; mu.Lock() }`,
		`import "time"; func F() { type clock struct{ UTC, Local int }; time := clock{}; time.Local = 1; time.UTC++; _ = &time.UTC }`,
		`import "time"; func F(time struct{ UTC int }) { p := time.UTC; p++ }`,
		`import "time"; func F(a time.Time) bool { return a.In(time.UTC) == time.Date(1, 1, 1, 1, 1, 1, 1, time.Local) && a.Location() == time.UTC && time.UTC.String() == "UTC" }`,
		`import "time"; func F(d *time.Duration) { *d = time.Second; x := []*time.Duration{d}; *x[0] = 2; _ = time.RFC3339[:10] }`,
		`import "hash/crc32"; func F(b []byte) uint32 { return crc32.Checksum(b, crc32.IEEETable) }`,
		`import "container/list"; func F(l *list.List) { l.Front().Value = 1; list := list.New(); list.Front().Value = 2 }`,
		`import "errors"; var EOF = errors.New("x"); func F() { EOF = nil }`,
		`import "time"; func F(t time.Time) bool { return t.Location() == time.UTC && t.In((time.Local)).Before(t) }`,
		`import "hash/crc64"; func F(b []byte) uint64 { return crc64.Checksum(b, crc64.MakeTable(crc64.ISO)) }`,
		`import "fmt"; type t struct{ back bool }; func F(x t, y bool, n int) { ok := n > 1; fmt.Sprintf("%t %d%% %t %-5v %t %t %t", x.back, n, y, ok, ok, !ok || y, true) }`,
		`import ("errors"; "fmt"); func is(error) bool { return true }; func F(e error) { fmt.Sprintf("%t %t", errors.Is(e, nil), is(e)) }`,
		`import "strings"; var long, words = strings.Repeat("x", 1+len("y")), strings.Fields("a b")`,
		`import "fmt"; const f = "%s: %w"; func F(e error) error { return fmt.Errorf(f, "x", fmt.Errorf("100%%, %[1]v %+v "+"%-3d %q", e)) }`,
		`import "fmt"; func note(f string, x ...any) { fmt.Sprintf(f, x...) }; func F(x int) { note("%d of %d", x, x); note("a" + "b") }`,
		`import "fmt"; type j struct{}; func (*j) note(n int, f string, x ...any) { fmt.Sprintf(f, x...) }; func F(x *j) { x.note(1, "%d", 3) }`,
		`import ("errors"; "strconv"); type E uint64; func (e E) Error() string { return errors.Join(errors.New("x"), errors.New(strconv.FormatUint(uint64(e), 10))).Error() }`,
		`import "math/bits"; func F(n uint) int { return bits.Len(n) }`,
		`import ("iter"; "path"; "unicode/utf8"); func F(s string) iter.Seq[string] { return func(yield func(string) bool) { if utf8.ValidString(s) { yield(path.Dir(s)) } } }`,
		`import "hash/fnv"; func F(s string) uint32 { h := fnv.New32a(); h.Write([]byte(s)); _ = h.Sum(nil); return h.Sum32() }`,
		`import "fmt"; type E struct { url string; err error }; func (e *E) Error() string { return fmt.Sprint(e.url, ": ") + e.err.Error() }`,
		`type end struct{}; type part []byte; func F(x any) int { switch x := x.(type) { case nil, end: return 0; case *part: return len(*x); default: return 1 } }`,
		`type own struct{}; func F(x any) (*own, int) { p, ok := x.(*own); if !ok { return p, x.(int) }; return x.(*own), 0 }`,
		`type I interface{ Error() string; String() string }; func F(m map[any]I) { i, ok := m[0]; _, _ = i, ok }`,
		"// Go: a remark\nfunc F() {}",
		"// go:norace is not what you want, nor is // +build\nfunc F() {} //line: a remark",
		"const c = `\n//go:norace\n// +build race\n`",
	} {
		assert.Empty(t, checkSource(exercise, source), source)
	}
}

func TestManifestChangesThePolicy(t *testing.T) {
	e := exercise
	e.Policy = kata.Policy{AllowImports: []string{"net/..."}, DenyImports: []string{"time"}, Allow: []string{"recover", "print", "init"}}
	check := func(source string) string {
		var all []string
		for _, f := range checkSource(e, source) {
			all = append(all, f.Summary)
		}
		return strings.Join(all, "; ")
	}
	assert.Empty(t, check(`import "net/http"; var _ http.Handler`))
	assert.Empty(t, check(`func F() { recover() }`))
	assert.Empty(t, check(`import "fmt"; func init() { print(); fmt.Println() }`))
	assert.Equal(t, `a fix may not import "time" (rule import)`, check(`import "time"; var _ time.Time`))
	assert.Contains(t, check(`import "net/../os"`), `import "net/../os"`)
	assert.Contains(t, check(`import . "net"`), `as .`)
	found := checkSource(e, `import "big"`)
	assert.Contains(t, found[0].Advice, "net/..., sync, sync/atomic, context, errors")
}

// A manifest can drop rules that there are, and only those.
func TestRelaxableRulesExist(t *testing.T) {
	names := map[string]bool{}
	for _, r := range Rules {
		assert.False(t, names[r.Name], "two rules %s", r.Name)
		names[r.Name] = true
		assert.NotEmpty(t, r.Doc, r.Name)
		assert.NotEmpty(t, r.Why, r.Name)
	}
	for _, name := range kata.Relaxable {
		assert.True(t, names[name], name)
	}
	assert.Equal(t, "text", Rules[0].Name)
}
