package instrument

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// CopiedTimers returns where a package, its tests aside, has a time.Timer or time.Ticker
// as a value, as "file.go:12". Package runtime keeps what belongs to a timer right behind
// it in memory. A copy has something else there, of which its methods take a function to
// call.
func (p Package) CopiedTimers() (places []string) {
	note := func(n ast.Node) {
		at := p.Fset.PositionFor(n.Pos(), false)
		place := fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
		if !strings.HasSuffix(at.Filename, "_test.go") && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	for _, f := range p.Files {
		for n := range ast.Preorder(f.AST) {
			if e, ok := n.(ast.Expr); ok && p.Info.Types[e].IsValue() && holdsTimer(p.Info.Types[e].Type, 0) {
				note(n)
			}
			id, ok := n.(*ast.Ident)
			if !ok {
				continue
			}
			if v, ok := p.Info.Defs[id].(*types.Var); ok && holdsTimer(v.Type(), 0) {
				note(n)
			}
			if used := p.Info.Uses[id]; used != nil && used.Pkg() == p.Types && hasTimer(p.Info.Instances[id].TypeArgs) {
				note(n) // of a generic function or type of its own
			}
		}
	}
	return places
}

func hasTimer(args *types.TypeList) bool {
	for i := range args.Len() {
		if holdsTimer(args.At(i), 0) {
			return true
		}
	}
	return false
}

// holdsTimer reports whether a value of a type has a timer in it, under whatever name: what
// timers have, no other type can declare.
func holdsTimer(t types.Type, depth int) bool {
	if t == nil || depth > 20 {
		return depth > 20
	}
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return holdsTimer(t.Underlying(), depth+1)
	case *types.Array:
		return holdsTimer(t.Elem(), depth+1)
	case *types.Slice:
		return holdsTimer(t.Elem(), depth+1)
	case *types.Map:
		return holdsTimer(t.Elem(), depth+1)
	case *types.Chan:
		return holdsTimer(t.Elem(), depth+1)
	case *types.Struct:
		for f := range t.Fields() {
			if own := f.Name() == "initTimer" || f.Name() == "initTicker"; own && f.Pkg().Path() == "time" || holdsTimer(f.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}
