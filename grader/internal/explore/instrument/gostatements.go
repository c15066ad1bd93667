package instrument

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"
)

// goStmt starts a goroutine under control. The function and its arguments are
// evaluated first, by the goroutine that starts it.
func (f *file) goStmt(x *ast.GoStmt) {
	c := x.Call
	at := f.site(x.Pos(), "")
	if f.isBuiltin(c.Fun, "close") {
		f.goClose(x, at)
		return
	}
	if fn, ok := unparen(c.Fun).(*ast.FuncLit); ok && fn.Type.Params.NumFields()+fn.Type.Results.NumFields() == 0 {
		f.replace(x.Go, c.Fun.Pos(), fmt.Sprintf("%s.Go(%d, ", f.rt, at))
		f.replace(c.Lparen, c.Rparen+1, ")")
		return
	}
	g := &launch{file: f, home: x, id: f.id()}
	fun := g.function(c)
	for i, a := range c.Args {
		g.argument(i, a)
	}
	dots := ""
	if c.Ellipsis.IsValid() {
		dots = "..."
	}
	head := "{ " + strings.Join(g.values, "")
	f.replace(x.Pos(), x.End(), fmt.Sprintf("%s%s.Go(%d, func() { %s(%s%s) }) }", head, f.rt, at, fun, strings.Join(g.args, ", "), dots))
}

// goClose is go close(ch).
func (f *file) goClose(x *ast.GoStmt, at uint32) {
	ch, name := x.Call.Args[0], fmt.Sprintf("%sf%d", f.prefix, f.id())
	begin := fmt.Sprintf("{ %s := %s.SendTo(%s); ", name, f.rt, f.channel(ch, f.moved(x, ch), "chan<-"))
	f.replace(x.Pos(), x.End(), fmt.Sprintf("%s%s.Go(%d, func() { %s.Close(%d, %s.C) }) }", begin, f.rt, at, f.rt, f.channelSite(x.Call.Pos(), ch), name))
}

// launch is a go statement on its way.
type launch struct {
	*file
	home         *ast.GoStmt
	id           int
	values, args []string // declarations of what is evaluated first; arguments
}

// function is the text of what is called in the goroutine. A value that may
// change, or a method's receiver, is evaluated before.
func (g *launch) function(c *ast.CallExpr) string {
	text := g.moved(g.home, c.Fun)
	if g.fixed(c.Fun) {
		return text
	}
	name := fmt.Sprintf("%sf%d", g.prefix, g.id)
	g.evaluate(name, text)
	return name
}

// fixed reports whether a function is the same whenever it is evaluated.
func (g *launch) fixed(fun ast.Expr) bool {
	switch fun := unparen(fun).(type) {
	case *ast.FuncLit:
		return true
	case *ast.Ident:
		switch g.Info.ObjectOf(fun).(type) {
		case *types.Func, *types.Builtin:
			return true
		}
	case *ast.SelectorExpr:
		_, isFunc := g.Info.ObjectOf(fun.Sel).(*types.Func)
		return isFunc && g.packageOf(fun) != nil
	case *ast.IndexExpr:
		return g.fixed(fun.X)
	case *ast.IndexListExpr:
		return g.fixed(fun.X)
	}
	return false
}

// argument evaluates an argument before the goroutine starts, unless it is a
// constant or a function, whose type the call may decide.
func (g *launch) argument(i int, a ast.Expr) {
	tv := g.Info.Types[a]
	text := g.moved(g.home, a)
	if tv.Value != nil || tv.IsNil() || tv.IsType() || tv.Type != nil && untyped(tv.Type) || g.fixed(a) {
		g.args = append(g.args, text)
		return
	}
	if tuple, ok := tv.Type.(*types.Tuple); ok { // f(g()) with several results
		for j := range tuple.Len() {
			g.args = append(g.args, fmt.Sprintf("%sa%d_%d", g.prefix, g.id, j))
		}
		g.evaluate(strings.Join(g.args, ", "), text)
		return
	}
	name := fmt.Sprintf("%sa%d_%d", g.prefix, g.id, i)
	begin, end := g.typed(a)
	g.evaluate(name, begin+text+end)
	g.args = append(g.args, name)
}

func (g *launch) evaluate(names, text string) {
	g.values = append(g.values, names+" := "+text+"; ")
}
