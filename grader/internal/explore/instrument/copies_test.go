package instrument

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCopiedTimers(t *testing.T) {
	set := token.NewFileSet()
	gc := importer.ForCompiler(set, "source", nil)
	for _, c := range []struct {
		text   string
		copies bool
	}{
		{`func f() { t := time.NewTimer(1); defer t.Stop(); <-t.C; t.Reset(2) }`, false},
		{`type s struct { t *time.Timer; all []*time.Ticker }; func f(x s) { x.t = time.AfterFunc(1, nil); x.all[0].Stop() }`, false},
		{`var p atomic.Pointer[time.Timer]; func f() { p.Store(time.NewTimer(1)); p.Load().Stop() }`, false},
		{`func f(n *int, m map[string]*time.Timer) int { *n = *n + len(m); return *n }`, false},
		{`func f() { t := *time.NewTimer(1); t.Reset(2) }`, true},
		{`func f(a, b *time.Ticker) { *a = *b }`, true},
		{`type s struct { t time.Timer; n int }`, true},
		{`type s struct { time.Ticker }`, true},
		{`type own time.Timer; func f(t *time.Timer) { x := *(*own)(t); _ = x.C }`, true},
		{`func load[T any](p *T) T { return *p }; func f() { x := load(time.NewTimer(1)); x.Reset(2) }`, true},
		{`type box[T any] struct { v T; n int }; func fill[T any](p *T) any { return &box[T]{*p, 1} }; func f() any { return fill(time.NewTimer(1)) }`, true},
		{`func load[P ~*E, E any](p P) any { e := *p; return &e }; func f() any { return load(time.NewTicker(1)) }`, true},
		{`func f(c chan [2]time.Timer) { c <- [2]time.Timer{} }`, true},
	} {
		file, err := parser.ParseFile(set, "fix.go", "package p; import (\"time\"; \"sync/atomic\"); var _ atomic.Bool\n"+c.text, 0)
		require.NoError(t, err)
		info := &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
		}
		conf := types.Config{Importer: gc}
		pkg, err := conf.Check("p", set, []*ast.File{file}, info)
		require.NoError(t, err, c.text)
		found := Package{Fset: set, Files: []File{{AST: file}}, Types: pkg, Info: info}.CopiedTimers()
		if c.copies {
			assert.Equal(t, []string{"fix.go:2"}, found, c.text)
		} else {
			assert.Empty(t, found, c.text)
		}
	}
}
