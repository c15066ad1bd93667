package instrument

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"time"
)

// What a statement reads and writes is told where it does so: the expression becomes the
// argument of a function that returns it. So it is evaluated as often as before, by the
// same goroutine. Nothing is told where that could change the order of evaluation.

// How a value belongs to a point or a mark.
const (
	seen = "Seen" // to the one that came last
	due  = "Due"  // to the mark that follows
)

// markValues finds the reads of a statement whose values are told. It sees the statement
// before what is in it is rewritten.
func (f *file) markValues(n, parent ast.Node) {
	if f.handled[n] {
		return
	}
	switch x := n.(type) {
	case *ast.IfStmt:
		f.tellReads(due, x, x.Cond)
	case *ast.ForStmt:
		f.tellReads(due, x, x.Cond)
	case *ast.SwitchStmt:
		if inList(parent) && x.Init == nil {
			f.tellReads(seen, x, x.Tag)
		}
	case *ast.AssignStmt:
		if inList(parent) && len(x.Lhs) == len(x.Rhs) {
			for _, e := range x.Rhs {
				f.tellReads(seen, x, e)
			}
		}
	case *ast.ReturnStmt, *ast.ExprStmt, *ast.SendStmt:
		if inList(parent) {
			f.tellReads(seen, nil, n)
		}
	}
}

// tellReads notes the reads in a part of a statement.
func (f *file) tellReads(how string, parent, part ast.Node) {
	if part == nil {
		return
	}
	r := reads{f, how, f.callsIn(part)}
	if how == seen || len(r.calls) == 0 {
		r.look(part, parent)
	}
}

// callsIn are the calls and receives in a part of a statement: what they do to memory
// happens before or after a read of it, as the compiler likes.
func (f *file) callsIn(part ast.Node) (calls []ast.Node) {
	ast.Inspect(part, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncLit, *ast.BlockStmt:
			return false
		case *ast.CallExpr:
			if !f.Info.Types[x.Fun].IsType() && !f.isBuiltin(x.Fun, "len") && !f.isBuiltin(x.Fun, "cap") {
				calls = append(calls, x)
			}
		case *ast.UnaryExpr:
			if x.Op == token.ARROW {
				calls = append(calls, x)
			}
		}
		return true
	})
	return calls
}

// reads looks for the reads in a part of a statement.
type reads struct {
	*file
	how   string
	calls []ast.Node
}

func (r reads) look(n, parent ast.Node) {
	if _, ok := parent.(*ast.ReturnStmt); ok && r.isResult(n) {
		return // nothing is stored, as it would be if it were the result of a call
	}
	if e, ok := n.(ast.Expr); ok && r.shared(e) && r.Info.Types[e].IsValue() {
		if r.asValue(e, parent) && r.simple(e) && pure(e) && r.alone(e) {
			r.told[e] = r.how
		}
		return
	}
	switch x := n.(type) {
	case *ast.FuncLit, *ast.BlockStmt:
		return
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return
		}
	}
	for _, child := range children(n) {
		r.look(child, n)
	}
}

// isResult reports whether an expression is the name of a function's result.
func (f *file) isResult(n ast.Node) bool {
	id, ok := n.(*ast.Ident)
	if !ok {
		return false
	}
	if f.results == nil {
		f.results = f.namedResults()
	}
	return f.results[f.Info.Uses[id]]
}

func (f *file) namedResults() map[types.Object]bool {
	found := map[types.Object]bool{}
	for n := range ast.Preorder(f.AST) {
		if fn, ok := n.(*ast.FuncType); ok && fn.Results != nil {
			for _, list := range fn.Results.List {
				for _, name := range list.Names {
					found[f.Info.Defs[name]] = true
				}
			}
		}
	}
	delete(found, nil)
	return found
}

// children are the nodes right below one.
func children(n ast.Node) (list []ast.Node) {
	ast.Inspect(n, func(c ast.Node) bool {
		if c == n {
			return true
		}
		if c != nil {
			list = append(list, c)
		}
		return false
	})
	return list
}

// alone reports whether no call of the statement runs beside an expression: those that it is
// an argument of come after it.
func (r reads) alone(e ast.Expr) bool {
	for _, c := range r.calls {
		if e.Pos() < c.Pos() || e.End() > c.End() {
			return false
		}
	}
	return true
}

// asValue reports whether an expression's parent needs nothing of it but its value: not its
// address, and not whether there is one.
func (r reads) asValue(e ast.Expr, parent ast.Node) bool {
	switch p := parent.(type) {
	case *ast.BinaryExpr, *ast.ParenExpr, *ast.ReturnStmt, *ast.IfStmt, *ast.ForStmt, *ast.SwitchStmt, *ast.AssignStmt:
		return true
	case *ast.UnaryExpr:
		return p.Op != token.AND && p.Op != token.ARROW
	case *ast.CallExpr:
		return e != p.Fun && !r.ofUnsafe(p)
	case *ast.KeyValueExpr:
		return e == p.Value
	case *ast.CompositeLit:
		return e != p.Type
	case *ast.IndexExpr:
		return e == p.Index
	case *ast.SendStmt:
		return e == p.Value
	}
	return false
}

func (r reads) ofUnsafe(c *ast.CallExpr) bool {
	s, ok := unparen(c.Fun).(*ast.SelectorExpr)
	return ok && r.packageOf(s) == types.Unsafe
}

// simple reports whether an expression's value may be one that can be told in a word or two.
func (f *file) simple(e ast.Expr) bool {
	tv := f.Info.Types[e]
	if tv.Type == nil || len(f.source(e)) > maxObject || strings.Contains(f.source(e), "\n") || synchronises(tv.Type) {
		return false
	}
	return simpleType(tv.Type)
}

func simpleType(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&(types.IsBoolean|types.IsNumeric|types.IsString) != 0 && t.Info()&(types.IsUntyped|types.IsComplex) == 0
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface:
		return true
	}
	return false
}

// tell tells the value of an expression that has been rewritten.
func (f *file) tell(e ast.Expr) {
	if how := f.told[e]; how != "" {
		f.tells(how, f.source(e), e)
	}
}

// tells tells the value of an expression as that of an object.
func (f *file) tells(how, object string, e ast.Expr) {
	begin, end := f.typed(e)
	f.before(e.Pos(), fmt.Sprintf("%s.%s(%q, %s", f.rt, how, object, begin))
	f.after(e.End(), end+")")
}

// toldText is the text of a variable that is read where it is changed.
func (f *file) toldText(x ast.Expr, text string) string {
	if !f.simple(x) {
		return text
	}
	return fmt.Sprintf("%s.%s(%q, %s)", f.rt, seen, text, text)
}

// tellWrite tells what an assignment to one variable writes, at a point before it or at a
// mark after it. If that is a constant, its text is returned.
func (f *file) tellWrite(x *ast.AssignStmt, how string) (text string) {
	if len(x.Lhs) != 1 || len(x.Rhs) != 1 || x.Tok != token.ASSIGN {
		return ""
	}
	to, value := x.Lhs[0], x.Rhs[0]
	tv := f.Info.Types[value]
	switch {
	case tv.IsNil():
		return "nil"
	case tv.Value != nil:
		return constantText(tv)
	case f.simple(to) && !hasFuncLit(value) && tv.Type != nil && simpleType(tv.Type):
		f.tells(how, f.source(to), value)
	}
	return ""
}

// maxConstant bounds the text of a string that is told, in bytes.
const maxConstant = 24

// constantText writes a constant as the values that are told at run time.
func constantText(tv types.TypeAndValue) string {
	switch v := tv.Value; {
	case tv.Type != nil && tv.Type.String() == "time.Duration":
		if n, exact := constant.Int64Val(v); exact {
			return time.Duration(n).String()
		}
	case v.Kind() == constant.String:
		text := constant.StringVal(v)
		if len(text) > maxConstant {
			return strconv.Quote(text[:maxConstant]) + "…"
		}
		return strconv.Quote(text)
	case v.Kind() == constant.Float:
		n, _ := constant.Float64Val(v)
		return strconv.FormatFloat(n, 'g', -1, 64)
	case v.Kind() == constant.Bool, v.Kind() == constant.Int:
		return v.ExactString()
	}
	return ""
}
