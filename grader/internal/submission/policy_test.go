package submission

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// checkSource holds package x with that content against the policy.
func checkSource(e kata.Exercise, source string) []evidence.Finding {
	return Check(e, Submission{Files: map[string][]byte{"x.go": []byte("package x\n" + source + "\n")}})
}

func TestPolicy(t *testing.T) {
	for rule, cases := range map[string][]struct{ source, want string }{
		"import": {
			{`import "runtime"; func F() { runtime.GOMAXPROCS(1) }`, `import "runtime"`},
			{`import "runtime/debug"; func F() { debug.SetGCPercent(1) }`, `import "runtime/debug"`},
			{`import "unsafe"; var _ unsafe.Pointer`, `import "unsafe"`},
			{"import `unsafe`; var _ unsafe.Pointer", "import `unsafe`"},
			{`import "\x75nsafe"; var _ unsafe.Pointer`, `import "\x75nsafe"`},
			{`import sync "unsafe"; var _ sync.Pointer`, `import "unsafe"`},
			{`import "os/exec"; var _ exec.Cmd`, `import "os/exec"`},
			{`import "math/rand"; var _ = rand.Int`, `import "math/rand"`},
			{`import "C"`, `import "C"`},
			{`import "heisenkata/exercises/internal/oracle"`, `import "heisenkata/exercises/internal/oracle"`},
			{`import "golang.org/x/sync/errgroup/v2"`, `import "golang.org/x/sync/errgroup/v2"`},
			{`import "golang.org/x/sync/../../evil"`, `import "golang.org/x/sync/../../evil"`},
			{`import "hash/internal/x"`, `import "hash/internal/x"`},
			{`import "./y"`, `import "./y"`},
			{`import "sync/"`, `import "sync/"`},
			{`import "Sync"`, `import "Sync"`},
			{`import ""`, `import ""`},
			{`import "reflect"`, `import "reflect"`},
			{`import "testing/synctest"`, `import "testing/synctest"`},
			{`import "internal/race"`, `import "internal/race"`},
		},
		"import-name": {
			{`import . "fmt"; var _ = Sprint`, `import "fmt" as .`},
			{`import _ "fmt"`, `import "fmt" as _`},
		},
		"directive": {
			{"//go:norace\nfunc F() {}", "hold the directive //go:norace"},
			{"func F() { //go:noinline\n}", "hold the directive //go:noinline"},
			{"//go:linkname F time.Sleep\nfunc F() {}", "hold the directive //go:linkname"},
			{"//line other.go:1\nfunc F() {}", "hold the directive //line"},
			{"/*line other.go:1*/\nfunc F() {}", "hold the directive /*line"},
			{"//export F\nfunc F() {}", "hold the directive //export"},
			{"// +build race\n", "hold the directive +build"},
			{"//+build race\n", "hold the directive +build"},
			{"//  \t+build race\n", "hold the directive +build"},
			{"//\u00a0+build\u3000race\n", "hold the directive +build"},
			{"//+build\n", "hold the directive +build"},
			{"/*\n // +build race\n*/", "hold the directive +build"},
		},
		"init": {
			{"func init() {}", "have an init function"},
			{"func F() {}; func init() { F() }; func init() {}", "have an init function"},
			{"var x = f(); func f() int { return 1 }", "call a function in the value"},
			{"var _ = func() bool { return true }()", "call a function in the value"},
			{"var ( a = 1; b, _ = 2, []int{0: T.m(0)} ); type T int; func (T) m() int { return 0 }", "call a function in the value"},
			{`import "time"; var _ = time.AfterFunc(0, nil)`, "call a function in the value"},
			{`import "sync"; var _ = sync.OnceValue(func() int { return 1 })()`, "call a function in the value"},
			{`import "errors"; var _ = errors.New(f()); func f() string { return "" }`, "call a function in the value"},
			{`import "fmt"; var _ = fmt.Sprint(T{}); type T struct{}`, "call a function in the value"},
			{`import "fmt"; var _ = fmt.Errorf("%w", e); var e error = T{}; type T struct{}; func (T) Error() string { return "" }`, "call a function in the value"},
			{`import "fmt"; var _ = fmt.Errorf("%v", T(1)); type T int`, "call a function in the value"},
			{"var _ = f[int](1); func f[P any](P) int { return 0 }", "call a function in the value"},
			{"var _ = struct{ f func() int }{}.f()", "call a function in the value"},
			{`import "strings"; var _ = strings.Map(nil, "a")`, "call a function in the value"},
			{`import "strings"; var _ = strings.Repeat(f(), 3); func f() string { return "" }`, "call a function in the value"},
			{"var c chan int; var _ = <-c", "receive in the value"},
			{"var c chan int; var _ = []int{1, <-c}", "receive in the value"},
		},
		"body": {
			{"func F()", "declare F without a body"},
			{"type T int; func (T) M()", "declare M without a body"},
			{"func F[P any]()", "declare F without a body"},
		},
		"predeclared": {
			{"func len(any) int { return 0 }", "declare its own len"},
			{"type error int", "declare its own error"},
			{"type any[P int] struct{}", "declare its own any"},
			{"type (T int; string = []byte)", "declare its own string"},
			{"var true = false", "declare its own true"},
			{"var a, nil = 1, 2", "declare its own nil"},
			{"const ( _ = iota; iota )", "declare its own iota"},
			{`import len "sync"; var _ len.Mutex`, "declare its own len"},
		},
		"assign": {
			{`import "io"; func F() { io.EOF = nil }`, "change io.EOF"},
			{`import "io"; func F() { (io.EOF) = nil }`, "change io.EOF"},
			{`import "io"; func F() { var x error; x, io.EOF = nil, x }`, "change io.EOF"},
			{`import "io"; func F() { p := &io.EOF; *p = nil }`, "change io.EOF"},
			{`import "io"; func F() { p := &((io.EOF)); *p = nil }`, "change io.EOF"},
			{`import "io"; func F(m []error) { for _, io.EOF = range m {} }`, "change io.EOF"},
			{`import "io"; func F(m map[error]int) { for io.EOF = range m {} }`, "change io.EOF"},
			{`import "io"; func F(c chan error) { select { case io.EOF = <-c: } }`, "change io.EOF"},
			{`import "io"; func F() { for io.EOF = nil; ; {} }`, "change io.EOF"},
			{`import "time"; func F() { _ = time.Local.String(); time.Local = nil }`, "change time.Local"},
			{`import x "time"; func F() { x.Local = nil }`, "change x.Local"},
			{`import "time"; func F() { func() { time := 1; time++ }(); time.Local = nil }`, "change time.Local"},
			{`import "time"; func F(l time.Location) { *time.UTC = l }`, "change time.UTC"},
			{`import "time"; func F(l time.Location) { *(*time.Location)(nil) = l; *(time.UTC) = l }`, "change time.UTC"},
			{`import "hash/crc32"; func F() { crc32.IEEETable[0] = 1 }`, "change crc32.IEEETable"},
			{`import "hash/crc32"; func F() { crc32.IEEETable[0]++ }`, "change crc32.IEEETable"},
			{`import "hash/crc32"; func F() { crc32.IEEETable[0] ^= 1 }`, "change crc32.IEEETable"},
			{`import "hash/crc32"; func F() { (*crc32.IEEETable)[0] = 1 }`, "change crc32.IEEETable"},
			{`import "hash/crc32"; func F() { _ = &crc32.IEEETable[0] }`, "change crc32.IEEETable"},
			{`import "hash/crc32"; func F() { copy(crc32.IEEETable[:], []uint32{1}) }`, "change crc32.IEEETable"},
			{`import "io"; type d struct{ x int }; func F() { io.Discard.(*d).x = 1 }`, "change io.Discard"},
		},
		"alias": {
			{`import "time"; func F(l time.Location) { p := time.UTC; *p = l }`, "keep time.UTC"},
			{`import "time"; var p = time.Local`, "keep time.Local"},
			{`import "time"; func F() *time.Location { return (time.Local) }`, "keep time.Local"},
			{`import "time"; func set(*time.Location) {}; func F() { set(time.UTC) }`, "keep time.UTC"},
			{`import "time"; type T int; func (T) set(*time.Location) {}; func F(t T) { t.set(time.UTC) }`, "keep time.UTC"},
			{`import "time"; func F() { func(*time.Location) {}(time.UTC) }`, "keep time.UTC"},
			{`import "time"; func F() { _ = []*time.Location{time.UTC} }`, "keep time.UTC"},
			{`import "time"; func F(c chan *time.Location) { c <- time.UTC }`, "keep time.UTC"},
			{`import "hash/crc32"; func F() { t := crc32.IEEETable[:]; t[0] = 1 }`, "keep crc32.IEEETable"},
			{`import "hash/crc32"; func F() { for i := range crc32.IEEETable { _ = i } }`, "keep crc32.IEEETable"},
			{`import ("cmp"; "time"); func F(l time.Location) { *cmp.Or(time.UTC) = l }`, "keep time.UTC"},
			{`import ("slices"; "time"); func F() { slices.Repeat([]int{}, 1); _ = slices.Insert(nil, 0, time.UTC) }`, "keep time.UTC"},
			{`import ("sync/atomic"; "time"); func F(p *atomic.Pointer[time.Location]) { p.Store(time.UTC) }`, "keep time.UTC"},
			{`import "time"; type T struct { In func(*time.Location) }; func F(t T) { t.In(time.UTC) }`, "keep time.UTC"},
			{`import "time"; func F(t time.Time, l time.Location) { *t.Location() = l }`, "keep a Location()"},
			{`import "time"; func F(t time.Time, l time.Location) { f := t.Location; *f() = l }`, "keep a Location()"},
			{`import "time"; func F(l time.Location) { p, _ := time.LoadLocation("UTC"); *p = l }`, "keep time.LoadLocation"},
			{`import "time"; func F(l time.Location) { f := time.FixedZone; *f("", 0) = l }`, "keep time.FixedZone"},
			{`import "hash/crc32"; func F() { crc32.MakeTable(crc32.IEEE)[0] = 1 }`, "keep crc32.MakeTable"},
		},
		"print": {
			{`import "fmt"; func F() { fmt.Println() }`, "use fmt.Println"},
			{`import "fmt"; func F() { p := fmt.Println; p("x") }`, "use fmt.Println"},
			{`import "fmt"; var p = fmt.Printf`, "use fmt.Printf"},
			{`import fmt2 "fmt"; func F() { fmt2.Print() }`, "use fmt2.Print"},
			{`import "fmt"; func F() { fmt.Sscan("") ; fmt.Scanf("") }`, "use fmt.Scanf"},
			{`import "fmt"; func F() { defer fmt.Scan() }`, "use fmt.Scan"},
			{`func F() { println() }`, "use println"},
			{`func F() { (print)("x") }`, "use print"},
			{`func F() { defer print("x"); func() { print := 1; _ = print }() }`, "use print"},
		},
		"recover": {
			{`func F() { defer func() { recover() }() }`, "recover"},
			{`func F() { defer (recover)() }`, "recover"},
			{`func F() { recover := recover(); _ = recover }`, "recover"},
			{`type T func(); func (t T) String() string { t(); return "" }`, "have a method String"},
			{`type T func(); func (t *T) GoString() string { return "" }`, "have a method GoString"},
			{`import "fmt"; type T[P any] func(); func (t T[P]) Format(fmt.State, rune) { t() }`, "have a method Format"},
			{`type T func(); func (t T) Error() string { t(); return "" }`, "call more in an Error method"},
			{`type T struct{ f func() }; func (t T) Error() string { t.f(); return "" }`, "call more in an Error method"},
			{`type T struct{ f func() }; func (t T) Error() string { defer t.f(); return "" }`, "call more in an Error method"},
			{`type T func(); func (t T) Error() string { return help(t) }; func help(t T) string { t(); return "" }`, "call more in an Error method"},
			{`type T func(func(int) bool); func (t T) Error() string { for range t {}; return "" }`, "have a range in an Error method"},
			{`import "slices"; type T func(int) bool; func (t T) Error() string { slices.ContainsFunc([]int{1}, t); return "" }`, "call more in an Error method"},
			{`type I struct{ Error func() string }; type T struct{ i I }; func (t T) Error() string { return t.i.Error() }`, "name a field Error"},
			{`import "fmt"; type T func(); func (t T) Scan(fmt.ScanState, rune) error { t(); return nil }`, "use fmt.ScanState"},
			{`import ("fmt"; "io"); func F(r io.Reader) { fmt.Fscanln(r) }`, "use fmt.Fscanln"},
			{`import "fmt"; type T func() string; func (t T) Error() string { return fmt.Sprint(t()) }`, "call more in an Error method"},
			{`type T chan int; func (t T) Error() string { t <- 1; return "" }`, "do more in an Error method than format a text"},
			{`type T chan int; func (t T) Error() string { select { case t <- 1: }; return "" }`, "do more in an Error method than format a text"},
			{`type T chan int; func (t T) Error() string { <-t; return "" }`, "receive in an Error method"},
		},
		"clock": {
			{`import "time"; func F() bool { return time.Now().Year() < 2030 }`, "use time.Now"},
			{`import "time"; func F() { now := time.Now; now() }`, "use time.Now"},
			{`import "time"; func F(t time.Time) bool { return time.Since(t) <= 1 }`, "use time.Since"},
			{`import clock "time"; func F(t clock.Time) bool { return clock.Until(t) > 0 }`, "use clock.Until"},
		},
		"type": {
			{`import "fmt"; func F(x any) bool { return fmt.Sprintf("%T", x) == "int" }`, "print a type"},
			{`import "fmt"; const f = "%" + "T"; func F(x any) error { return fmt.Errorf(f, x) }`, "print a type"},
			{"import \"fmt\"; func F(x any) { fmt.Sprintf(`%[1]T`, x) }", "print a type"},
			{`import "fmt"; func F(x any) { fmt.Sprintf("%-20T", x) }`, "print a type"},
			{`import "fmt"; func F(x any) { fmt.Sprintf("%#v", x) }`, "print a type"},
			{`import "fmt"; func F(x any) { fmt.Sprintf("%y", x) }`, "format with %y (rule"},
			{`import "fmt"; func F(x any) { fmt.Sprintf("%9.3f", x) }`, "format with %f (rule"},
			{`import "fmt"; func F(x any) { fmt.Sprintf("%t", x) }`, "format with %t what is not seen to be a bool"},
			{`import "fmt"; func F[bool any](x bool) { fmt.Sprintf("%t", x) }`, "format with %t what"},
			{`import "fmt"; func F(x any, y bool) { fmt.Sprintf("%v %% %t %t", y, y, x) }`, "format with %t what"},
			{`import "fmt"; func F(x any, y bool) { fmt.Sprintf("%[2]t", y, x) }`, "format with %t what"},
			{`import "fmt"; func F(x any, y bool) { fmt.Sprintf("%*t", y, x) }`, "format with %t what"},
			{`import "fmt"; func F(x []any) { fmt.Sprintf("%t", x...) }`, "format with %t what"},
			{`import "fmt"; func F(x []any) { y := x[0]; fmt.Sprintf("%t", y) }`, "format with %t what"},
			{`import "fmt"; func F(x map[int]any) { y, ok := x[0]; _ = ok; fmt.Sprintf("%t", y) }`, "format with %t what"},
			{`import "fmt"; func F(y bool) { fmt.Sprintf("%t %x", y, y) }`, "format with %t what"},
			{`import "fmt"; type t struct{ ok bool }; type u[T any] struct{ ok T }; func F(x u[any]) { fmt.Sprintf("%t", x.ok) }`, "format with %t what"},
			{`import "fmt"; type t struct{ ok bool }; type u struct{}; func (u) ok() {}; func F(x u) { fmt.Sprintf("%t", x.ok) }`, "format with %t what"},
			{`import "fmt"; func f() any { return 0 }; func F() { fmt.Sprintf("%t", f()) }`, "format with %t what"},
			{`func F[T any](zero T) bool { return any(zero) == any(byte(0)) }`, "compare a value as an interface"},
			{`func F[T any](x any, zero T) bool { return x != (interface{}(zero)) }`, "compare a value as an interface"},
			{`import "fmt"; func F(x any) { fmt.Sprintf("100%", x) }`, "format with % (rule"},
			{`import ("fmt"; "io"); func F(w io.Writer, x any) { fmt.Fprintf(w, "\x25T", x) }`, "print a type"},
			{`import "fmt"; func F(x any) { fmt.Appendf(nil, "%s %T", 1, x) }`, "print a type"},
			{`import "fmt"; func F(f string, x any) { fmt.Sprintf(f, x) }`, "call fmt.Sprintf with a format that is not written there"},
			{`import "fmt"; func note(f string, x ...any) { fmt.Sprintf(f, x...) }; func F(f string) { note(f) }`, "call fmt.Sprintf with a format that is not written there"},
			{`import "fmt"; func note(f string, x ...any) { f += "T"; fmt.Sprintf(f, x...) }; func F() { note("%") }`, "call fmt.Sprintf with a format that is not written there"},
			{`import "fmt"; func note(f string, x ...any) { fmt.Sprintf(f, x...) }; func F() { n := note; n("%T") }`, "call fmt.Sprintf with a format that is not written there"},
			{`import "fmt"; func Note(f string, x ...any) { fmt.Sprintf(f, x...) }; func F() { Note("a") }`, "call fmt.Sprintf with a format that is not written there"},
			{`import "fmt"; func note(f string, x ...any) { fmt.Sprintf(f, x...) }; func F(x any) { note("%T", x) }`, "print a type"},
			{`import "fmt"; func F(x any) { f := fmt.Sprintf; f("%T", x) }`, "call fmt.Sprintf with a format that is not written there"},
			{`import "fmt"; func F(x ...any) { fmt.Sprintf(g()) }; func g() (string, int)`, "call fmt.Sprintf with a format that is not written there"},
			{`func F(x any) bool { _, ok := x.(int); return ok }`, "ask whether a value has a type"},
			{`func F(x any) (ok bool) { _, ok = (x.(int)); return ok }`, "ask whether a value has a type"},
			{`func F(x any) bool { var _, ok = x.(error); return ok }`, "ask whether a value has a type"},
			{`type T = int; func F(x any) bool { _, ok := x.(T); return ok }`, "ask whether a value has a type"},
			{`type T[P any] struct{}; type U T[int]; func F(x any) bool { _, ok := x.(U); return ok }`, "ask whether a value has a type"},
			{`type T[P any] struct{}; func F(x any) bool { _, ok := x.(T[int]); return ok }`, "ask whether a value has a type"},
			{`type T interface{ M() }; func F(x any) bool { _, ok := x.(T); return ok }`, "ask whether a value has a type"},
			{`func F(x any) { switch x.(type) { case int: } }`, "switch on a type"},
			{`type own struct{}; func F(x any) { switch x.(type) { case own, int: } }`, "switch on a type"},
			{`type T struct{}; func F(x any) { switch x.(type) { case T: } }`, "switch on a type"},
			{`type own = struct{}; func F(x any) { switch x.(type) { case own: } }`, "switch on a type"},
			{`type own error; func F(x any) { switch x.(type) { case own: } }`, "switch on a type"},
			{`type own interface{ M() }; func F(x any) { switch x.(type) { case own: } }`, "switch on a type"},
			{`type own[P any] struct{}; func F(x any) { switch x.(type) { case own[int]: } }`, "switch on a type"},
			{`func f[T any](x any) { type own []T; switch x.(type) { case own: } }`, "switch on a type"},
			{`func f[T any](x any) (any, bool) { type own struct{}; _, ok := x.(own); return own{}, ok }`, "ask whether a value has a type"},
			{`type nil int; func F(x any) { switch x.(type) { case nil: } }`, "switch on a type"},
		},
		"unseen": {
			{`import "bytes"; func F(b []byte) bool { return bytes.Equal(b, b) }`, "use bytes.Equal"},
			{`import b "bytes"; var index = b.IndexByte`, "use b.IndexByte"},
			{`import "math/rand/v2"; var r rand.ChaCha8`, "use rand.ChaCha8"},
			{`import "math/rand/v2"; func F() int { return rand.New(rand.NewChaCha8([32]byte{})).Int() }`, "use rand.NewChaCha8"},
			{`import "hash/fnv"; func F(b []byte) { fnv.New32().Sum(b[:0]) }`, "have a hash append its sum"},
			{`import "iter"; func F(s iter.Seq[int]) { next, stop := iter.Pull(s); next(); stop() }`, "use iter.Pull"},
			{`import "iter"; func F(s iter.Seq2[int, int]) { f := iter.Pull2[int, int]; f(s) }`, "use iter.Pull2"},
			{`import "hash/fnv"; func F(b []byte) { fnv.New32().(interface{ UnmarshalBinary([]byte) error }).UnmarshalBinary(b) }`, "use UnmarshalBinary beside hash/fnv"},
		},
		"timer": {
			{`import "time"; type T struct { t time.Timer; behind [9]uint64 }`, "have a time.Timer that is not a pointer"},
			{`import "time"; type T struct { time.Ticker }`, "have a time.Ticker that is not a pointer"},
			{`import "time"; type T time.Timer`, "have a time.Timer that is not a pointer"},
			{`import "time"; type box[T any] struct { t T }; var b *box[time.Timer]`, "have a time.Timer that is not a pointer"},
		},
		"float32": {
			{`type T struct { hits float32 }`, "use float32"},
			{`func F(n int) int { return int(float32(n) + 1) }`, "use float32"},
			{`import "sync/atomic"; type T struct { last atomic.Pointer[complex64] }`, "use complex64"},
			{`import "math"; var hits = 1; func F() { x := math.Float32frombits(0); x++ }`, "use Float32frombits"},
		},
		"package": {
			{"", "have the package name x_test"},
		},
		"nesting": {
			{"var _ = " + strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200), "be nested more than"},
			{"type T " + strings.Repeat("[]", 200) + "int", "be nested more than"},
			{"var _ = 1" + strings.Repeat("+1", 200), "be nested more than"},
		},
	} {
		for _, c := range cases {
			found := checkSource(exercise, c.source)
			if rule == "package" {
				found = Check(exercise, Submission{Files: map[string][]byte{"x.go": []byte("package x_test\n")}})
			}
			if assert.NotEmpty(t, found, c.source) {
				last := found[len(found)-1]
				assert.Contains(t, last.Summary, "a fix may not "+c.want, c.source)
				assert.Contains(t, last.Summary, "(rule "+rule+")", c.source)
				assert.Equal(t, evidence.Policy, last.Verdict)
				assert.NotEmpty(t, last.Meaning, c.source)
				assert.NotEmpty(t, last.Advice, c.source)
				assert.Equal(t, "go run ./grader run "+exercise.ID, last.Replay, c.source)
				assert.GreaterOrEqual(t, last.Places[0].Line, 1)
			}
		}
	}
}

// Of what the policy refuses, only a print may be built and run nevertheless: it
// reaches nothing, and changes nothing that a test sees.
func TestOnlyPrintsAreRunNevertheless(t *testing.T) {
	print := `func F() { println() }; `
	for source, want := range map[string]bool{
		"":                               true,
		print:                            true,
		print + "func init() {}":         false,
		print + "func F() { recover() }": false,
		print + "func F()":               false,
		"import \"os\"; " + print:        false,
		"import _ \"sync\"; " + print:    false,
		"import \"io\"; " + print + "func G() { io.EOF = nil }": false,
		print + "\n//go:norace\nfunc G() {}":                    false,
		print + "it does not parse":                             false,
	} {
		s := Submission{Files: map[string][]byte{"x.go": []byte("package x\n" + source + "\n")}}
		assert.Equal(t, want, Runnable(exercise, s), source)
	}
	for _, r := range Rules {
		assert.Equal(t, r.Name == "print", r.Runnable, r.Name)
	}
}

// What go/parser does not accept is not built: the compiler has another parser.
func TestCheckRefusesWhatDoesNotParse(t *testing.T) {
	for source, line := range map[string]int{
		"package x\n\nfunc 1\n":                       3,
		"package x\n//line /etc/passwd:77\nfunc 1\n":  3,
		"this is no Go":                               1,
		"package x\nimport \"fmt\nfunc F() {}\n":      2,
		"package x\nfunc F() {}\n/* never":            3,
		"package x\nfunc F() { " + "{{{{":             2,
		"package x\nvar _ = 'ab'; import \"unsafe\"":  2,
		"package x\nfunc F() { goto " + "1; L: }\n\n": 2,
	} {
		found := Check(exercise, Submission{Files: map[string][]byte{"x.go": []byte(source)}})
		if assert.NotEmpty(t, found, source) {
			assert.Equal(t, evidence.Build, found[0].Verdict, source)
			assert.Contains(t, found[0].Summary, "it does not compile: ", source)
			assert.Equal(t, exercise.Dir+"/x.go", found[0].Places[0].File)
			assert.Equal(t, line, found[0].Places[0].Line, source)
			assert.Equal(t, "go test -run '^$' ./exercises/01-a/01-x", found[0].Replay)
		}
	}
	both := Check(exercise, Submission{Files: map[string][]byte{"a.go": []byte("x"), "b.go": []byte("package x; func init() {}")}})
	require.Len(t, both, 2)
	assert.Equal(t, evidence.Policy, both[0].Verdict, "what the rules say comes first")
}

// A //line directive does not lead a finding to another file.
func TestPlacesAreReal(t *testing.T) {
	found := checkSource(exercise, "//line other.go:70\n\nfunc init() {}")
	require.Len(t, found, 2)
	assert.Equal(t, evidence.Place{File: exercise.Dir + "/x.go", Line: 4, Code: "func init() {}", Role: "here"}, found[1].Places[0])
	found = checkSource(exercise, `import "`+strings.Repeat("x", 60000)+`"`)
	require.Len(t, found, 1)
	assert.Less(t, len(found[0].Summary), 300)
	assert.Less(t, len(found[0].Places[0].Code), 200)
}
