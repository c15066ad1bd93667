package submission

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
)

// state is something that calls of a library change: one goroutine does the first, another
// does the second, and nothing orders the two.
type state struct{ of, first, second string }

// states are the types of importable packages whose values can be changed, by way of each
// kind of method. TestStatesAreComplete reads the types off the library's source.
var states = map[string][]state{
	"sync.Cond": {{`var mu, other sync.Mutex; v := sync.NewCond(&mu)`, `v.L = &other`,
		`other.Lock(); done := make(chan bool); go func() { for { select { case <-done: return; default: v.Broadcast(); runtime.Gosched() } } }(); v.Wait(); close(done); other.Unlock()`}},
	"sync.Pool": {{`var v sync.Pool`, `v.New = func() any { return 1 }`, `_ = v.Get()`}},
	"strings.Builder": {
		{`var v strings.Builder`, `v.WriteString("x")`, `_ = v.Len()`}, {`var v strings.Builder`, `v.WriteByte('x')`, `_ = v.String()`},
		{`var v strings.Builder`, `v.Grow(9)`, `v.WriteRune('x')`}, {`var v strings.Builder`, `v.WriteString("x")`, `v.Reset()`},
	},
	"strings.Reader": {
		{`v := strings.NewReader("xyz")`, `v.ReadByte()`, `_ = v.Len()`}, {`v := strings.NewReader("xyz")`, `v.Reset("ab")`, `v.ReadRune()`},
		{`v := strings.NewReader("xyz")`, `v.Seek(1, 0)`, `v.Read(make([]byte, 2))`},
	},
	"list.List": {
		{`v := list.New()`, `v.PushBack(1)`, `_ = v.Len()`}, {`v := list.New()`, `v.PushFront(1)`, `_ = v.Front()`},
		{`v := list.New(); e := v.PushBack(1)`, `v.Remove(e)`, `_ = v.Back()`}, {`v := list.New()`, `v.PushBack(1)`, `v.Init()`},
	},
	"list.Element": {{`v := list.New(); e := v.PushBack(1)`, `v.PushBack(2)`, `_ = e.Next()`}, {`v := list.New(); e, f := v.PushBack(1), v.PushBack(2)`, `v.MoveToFront(f)`, `_ = e.Prev()`}},
	"ring.Ring":    {{`v := ring.New(3)`, `v.Unlink(1)`, `_ = v.Len()`}, {`v := ring.New(3)`, `v.Link(ring.New(1))`, `v.Do(func(any) {})`}},
	"rand.PCG": {
		{`v := rand.NewPCG(1, 2)`, `v.Uint64()`, `v.Uint64()`}, {`v := rand.NewPCG(1, 2)`, `v.Seed(3, 4)`, `_, _ = v.MarshalBinary()`},
		{`v := rand.NewPCG(1, 2); b, _ := v.MarshalBinary()`, `v.UnmarshalBinary(b)`, `_, _ = v.AppendBinary(nil)`},
	},
	"rand.ChaCha8": {
		{`v := rand.NewChaCha8([32]byte{})`, `v.Seed([32]byte{1})`, `_, _ = v.MarshalBinary()`}, {`var v rand.ChaCha8`, `v.Seed([32]byte{1})`, `v.Uint64()`},
	},
	"rand.Rand":         {{`v := rand.New(rand.NewPCG(1, 2))`, `v.IntN(3)`, `v.Float64()`}, {`v := rand.New(rand.NewPCG(1, 2))`, `v.Perm(3)`, `v.Int64()`}},
	"rand.Zipf":         {{`v := rand.NewZipf(rand.New(rand.NewPCG(1, 2)), 2, 3, 9)`, `v.Uint64()`, `v.Uint64()`}},
	"bufio.Reader":      {{`v := bufio.NewReader(strings.NewReader("xyz"))`, `v.ReadByte()`, `_ = v.Buffered()`}, {`v := bufio.NewReader(strings.NewReader("xyz"))`, `v.ReadString('z')`, `v.Peek(1)`}},
	"bufio.Writer":      {{`v := bufio.NewWriter(io.Discard)`, `v.WriteString("x")`, `_ = v.Buffered()`}, {`v := bufio.NewWriter(io.Discard)`, `v.WriteByte('x')`, `v.Flush()`}},
	"bufio.ReadWriter":  {{`v := bufio.NewReadWriter(bufio.NewReader(strings.NewReader("xyz")), bufio.NewWriter(io.Discard))`, `v.ReadByte()`, `_, _ = v.Peek(1)`}},
	"bufio.Scanner":     {{`v := bufio.NewScanner(strings.NewReader("x y z"))`, `v.Scan()`, `_ = v.Text()`}},
	"bytes.Buffer":      {{`var v bytes.Buffer`, `v.WriteString("x")`, `_ = v.Len()`}, {`v := bytes.NewBufferString("xyz")`, `v.ReadByte()`, `_ = v.String()`}, {`v := bytes.NewBufferString("xyz")`, `v.ReadString('y')`, `v.Reset()`}, {`v := bytes.NewBufferString("xyz")`, `v.Truncate(1)`, `v.Next(1)`}},
	"bytes.Reader":      {{`v := bytes.NewReader([]byte("xyz"))`, `v.ReadByte()`, `_ = v.Len()`}},
	"io.LimitedReader":  {{`v := &io.LimitedReader{R: strings.NewReader("xyz"), N: 2}`, `v.N = 1`, `v.Read(make([]byte, 1))`}},
	"io.SectionReader":  {{`v := io.NewSectionReader(strings.NewReader("xyz"), 0, 3)`, `v.Seek(1, 0)`, `v.Read(make([]byte, 1))`}},
	"io.OffsetWriter":   {{`v := io.NewOffsetWriter(nil, 0)`, `v.Seek(1, 0)`, `v.Seek(1, 1)`}},
	"strconv.NumError":  {{`_, err := strconv.Atoi("x"); v := err.(*strconv.NumError)`, `v.Num = "y"`, `_ = v.Error()`}},
	"time.ParseError":   {{`_, err := time.Parse(time.DateOnly, "x"); v := err.(*time.ParseError)`, `v.Message = "y"`, `_ = v.Error()`}},
	"sort.StringSlice":  {{`v := sort.StringSlice{"b", "a"}`, `v.Swap(0, 1)`, `_ = v.Less(0, 1)`}},
	"sort.IntSlice":     {{`v := sort.IntSlice{2, 1}`, `v.Sort()`, `_ = v.Less(0, 1)`}},
	"sort.Float64Slice": {{`v := sort.Float64Slice{2, 1}`, `v.Sort()`, `_ = v.Less(0, 1)`}},
	"time.Time":         {{`v := time.Unix(1, 2)`, `v.UnmarshalText([]byte("2026-01-02T03:04:05Z"))`, `_ = v.Unix()`}, {`v := time.Unix(1, 2)`, `v = v.UTC()`, `_ = v.Nanosecond()`}},
	"hash/fnv.New32":    hashes("New32"), "hash/fnv.New32a": hashes("New32a"), "hash/fnv.New64": hashes("New64"), "hash/fnv.New64a": hashes("New64a"), "hash/fnv.New128": hashes("New128"), "hash/fnv.New128a": hashes("New128a"),
	"bytes in and out": append(written(
		`strings.NewReader("xyz").Read(v)`, `bufio.NewReader(strings.NewReader("xyz")).Read(v)`, `bytes.NewBufferString("xyz").Read(v)`, `io.ReadFull(strings.NewReader("xyz"), v[:3])`,
		`rand.NewPCG(1, 2).AppendBinary(v[:0])`, `rand.NewChaCha8([32]byte{}).Read(v)`, `fnv.New64().Sum(v[:0])`, `fnv.New128a().Sum(v[:0])`, `fnv.New32a().(marshaler).AppendBinary(v[:0])`, `fmt.Append(v[:0], "xyz")`, `fmt.Appendf(v[:0], "%d", 123)`, `strconv.AppendInt(v[:0], 123, 10)`, `strconv.AppendQuote(v[:0], "xyz")`,
		`strconv.AppendBool(v[:0], true)`, `strconv.AppendFloat(v[:0], 1.25, 'g', -1, 64)`, `time.Unix(1, 2).AppendFormat(v[:0], time.RFC3339)`, `time.Unix(1, 2).AppendText(v[:0])`, `copy(v, "xyz")`, `_ = append(v[:0], "xyz"...)`,
		`utf8(v)`,
	), read(
		`fnv.New64().Write(v)`, `fnv.New64().(marshaler).UnmarshalBinary(v)`, `new(strings.Builder).Write(v)`, `bytes.NewBuffer(v).ReadByte()`, `bytes.NewBuffer(v).ReadString('z')`, `bytes.NewBuffer(v).String()`, `bytes.Clone(v)`, `fmt.Sprintf("%s", v)`, `fmt.Sprint(v)`,
		`_ = string(v) == "xyz"`, `_ = map[string]int{"a": 1}[string(v)]`, `switch string(v) { case "x", "y": _ = 0 }`, `for range string(v) { _ = 0 }`, `_ = strings.Contains(string(v), "x")`, `slices.Contains(v, 'x')`, `_ = slices.Equal(v, slices.Repeat([]byte("pcg:"), 20))`,
		`_ = slices.Index(v, 9)`, `_ = slices.Max(v)`, `_ = slices.Clone(v)`, `_ = [4]byte(v) == [4]byte{1}`, `_ = *(*[40]byte)(v) == [40]byte{1}`, `_ = map[[4]byte]int{}[[4]byte(v)]`, `var t time.Time; t.UnmarshalText(v)`,
		`bufio.NewReader(bytes.NewBuffer(v)).ReadByte()`, `rand.NewPCG(1, 2).UnmarshalBinary(v[:20])`, `_ = bytes.Equal(v, []byte{1})`, `_ = bytes.Compare(v, []byte{1})`, `_ = bytes.IndexByte(v, 9)`, `_ = bytes.Contains(v, []byte("x"))`,
	)...),
}

// hashes are the ways to change a hash.
func hashes(make string) []state {
	of := `v := fnv.` + make + `()`
	return []state{
		{of, `v.Write([]byte{1})`, `v.Sum(nil)`}, {of, `v.Write([]byte{1})`, `v.Reset()`},
		{of + `; b, _ := v.(marshaler).MarshalBinary()`, `v.(marshaler).UnmarshalBinary(b)`, `v.Sum(nil)`}, {of, `v.Write([]byte{1})`, `_, _ = v.(marshaler).AppendBinary(nil)`},
	}
}

const someBytes = `v := slices.Repeat([]byte("pcg:"), 20)`

// written are ways to write bytes that another goroutine reads, and read the other way round.
func written(calls ...string) (all []state) {
	for _, call := range calls {
		all = append(all, state{someBytes, call, `for _, b := range v { _ = b == 9 }`})
	}
	return all
}

func read(calls ...string) (all []state) {
	for _, call := range calls {
		all = append(all, state{someBytes, `for i := range v { v[i]++ }`, call})
	}
	return all
}

// stateless are the types whose values cannot be changed, or only by calls that may be made
// at the same time.
var stateless = []string{
	"sync.Map", "sync.Mutex", "sync.Once", "sync.RWMutex", "sync.WaitGroup", "time.Timer", "time.Ticker", "time.Month", "time.Weekday", "time.Duration", "time.Location",
	"strings.Replacer", "io.PipeReader", "io.PipeWriter",
}

const stateHead = `package main

import (
	"bufio"; "bytes"; "container/list"; "container/ring"; "fmt"; "hash/fnv"; "io"; "math/rand/v2"; "runtime"; "slices"; "sort"; "strconv"; "strings"; "sync"; "time"
)

var (
	_ bufio.Reader; _ bytes.Buffer; _ list.List; _ ring.Ring; _ = fmt.Sprint; _ = fnv.New32; _ io.Reader; _ rand.PCG; _ = slices.Max[[]int]; _ sort.IntSlice; _ = strconv.Itoa; _ strings.Builder; _ sync.Mutex; _ time.Time
)

type marshaler interface { MarshalBinary() ([]byte, error); UnmarshalBinary([]byte) error; AppendBinary([]byte) ([]byte, error) }

func utf8(v []byte) { _ = append(v[:0], string([]rune{1, 2, 3})...) }
` + apart + `
func main() {
	for _, c := range cases { func() { defer func() { _ = recover() }(); c() }() }
}
`

// stateProgram is a program of all states, each in a function named by its key. Those for
// which there is a stand-in use it.
func stateProgram() (program string, cases map[string]state, seen map[string]bool) {
	cases, seen = map[string]state{}, map[string]bool{}
	var text, list strings.Builder
	text.WriteString(stateHead)
	add := func(s state, standIn bool) {
		id := fmt.Sprintf("state%d", len(cases))
		cases[id], seen[id] = s, standIn
		fmt.Fprintf(&text, "\nfunc %s() {\n\t%s\n\tapart(func() {\n\t\t%s\n\t}, func() {\n\t\t%s\n\t})\n}\n", id, s.of, s.first, s.second)
		fmt.Fprintf(&list, "%s, ", id)
	}
	for _, all := range states {
		for _, s := range all {
			add(s, false)
			if standIn := string(Seen([]byte(stateFile(s)), true)); standIn != stateFile(s) {
				for _, name := range []string{"sync", "strconv"} {
					if strings.Contains(standIn, StandIns+name) {
						use := strings.NewReplacer(name+".", "seen"+name+".")
						add(state{use.Replace(s.of), use.Replace(s.first), use.Replace(s.second)}, true)
					}
				}
			}
		}
	}
	program = strings.Replace(text.String(), "import (", `import (seensync "heisenkata/exercises/internal/seen/sync"; seenstrconv "heisenkata/exercises/internal/seen/strconv";`, 1)
	return strings.Replace(program, "var (", "var ( _ seensync.Mutex; _ = seenstrconv.Itoa;", 1) + "\nvar cases = []func(){" + list.String() + "}\n", cases, seen
}

// stateFile is a fix that does what a state is about.
func stateFile(s state) string {
	return fmt.Sprintf(`package p; import ("bufio"; "bytes"; "container/list"; "container/ring"; "fmt"; "hash/fnv"; "io"; "math/rand/v2"; "slices"; "sort"; "strconv"; "strings"; "sync"; "time"); func f() { %s; go func() { %s }(); %s }`, s.of, s.first, s.second)
}

// TestStates races the ways to change a value of a library's type. What the race detector of
// this version of Go does not see, the policy has to refuse, or a stand-in does so that it is
// seen.
func TestStates(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program with the race detector")
	}
	program, cases, standIn := stateProgram()
	log := raced(t, program)
	unseen := 0
	for id, s := range cases {
		if regexp.MustCompile(`main\.` + id + `\b`).MatchString(log) {
			continue
		}
		unseen++
		file := stateFile(s)
		refused := slices.ContainsFunc(checkSource(exercise, strings.TrimPrefix(file, "package p; ")), func(f evidence.Finding) bool {
			return strings.Contains(f.Summary, "(rule unseen)")
		})
		replaced := string(Seen([]byte(file), false)) != file && string(Seen([]byte(file), true)) != file
		assert.False(t, standIn[id], "the stand-in does not show it: %s; %s beside %s", s.of, s.first, s.second)
		assert.True(t, refused || replaced, "the race detector does not see it, and the policy allows it: %s; %s beside %s", s.of, s.first, s.second)
	}
	assert.Positive(t, unseen, "what sees everything may not look")
	t.Logf("%d cases, of which the race detector does not see %d", len(cases), unseen)
}

// TestStatesAreComplete finds each exported type of the importable packages in the table, so
// that those of a new Go are looked at.
func TestStatesAreComplete(t *testing.T) {
	for _, name := range allowedImports {
		if strings.Contains(name, ".") || name == "sync/atomic" {
			continue
		}
		for _, typ := range exportedTypes(t, name) {
			full := filepath.Base(strings.TrimSuffix(name, "/v2")) + "." + typ
			assert.True(t, len(states[full]) > 0 || slices.Contains(stateless, full), "%s has no case", full)
		}
	}
}

// exportedTypes are those of a package of the standard library that are no interface and no function.
func exportedTypes(t *testing.T, pkg string) (names []string) {
	all, err := filepath.Glob(filepath.Join(standard(t, pkg), "*.go"))
	require.NoError(t, err)
	for _, file := range all {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		if tree.Name.Name == "main" {
			continue
		}
		for n := range ast.Preorder(tree) {
			typ, ok := n.(*ast.TypeSpec)
			if !ok || !typ.Name.IsExported() {
				continue
			}
			switch typ.Type.(type) {
			case *ast.InterfaceType, *ast.FuncType:
			default:
				names = append(names, typ.Name.Name)
			}
		}
	}
	return names
}
