package instrument

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// channel is the text of a channel operand, as an argument of a function that
// takes a chan of one direction. Only type parameters need a conversion.
func (f *file) channel(e ast.Expr, text, direction string) string {
	tp, ok := types.Unalias(f.Info.TypeOf(e)).(*types.TypeParam)
	if !ok {
		return text
	}
	ch, ok := coreType(tp).(*types.Chan)
	if !ok {
		return text
	}
	return fmt.Sprintf("(%s %s)(%s)", direction, types.TypeString(ch.Elem(), f.qualify), text)
}

// qualify writes a type's package as this file names it.
func (f *file) qualify(p *types.Package) string {
	if p == f.Types {
		return ""
	}
	for _, im := range f.AST.Imports {
		if im.Path.Value != `"`+p.Path()+`"` || im.Name == nil || im.Name.Name == "_" {
			continue
		}
		return strings.TrimSuffix(im.Name.Name, ".")
	}
	return p.Name()
}

func (f *file) send(x *ast.SendStmt) {
	if f.handled[x] {
		return
	}
	at := f.channelSite(x.Pos(), x.Chan)
	channel := f.channel(x.Chan, f.text(x.Chan.Pos(), x.Chan.End()), "chan<-")
	f.replace(x.Chan.Pos(), x.Value.Pos(), fmt.Sprintf("%s.SendTo(%s).Do(%d, ", f.rt, channel, at))
	f.after(x.Value.End(), ")")
}

// isReceive is e without parentheses if it is a receive.
func isReceive(e ast.Expr) *ast.UnaryExpr {
	if u, ok := unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u
	}
	return nil
}

func (f *file) receive(x *ast.UnaryExpr, parent ast.Node) {
	if x.Op != token.ARROW || f.handled[x] {
		return
	}
	function := "Recv"
	if f.wantsOK(x, parent) {
		function = "Recv2"
	}
	at := f.channelSite(x.Pos(), x.X)
	channel := f.channel(x.X, f.text(x.X.Pos(), x.X.End()), "<-chan")
	f.replace(x.Pos(), x.End(), fmt.Sprintf("%s.%s(%d, %s)", f.rt, function, at, channel))
}

// wantsOK reports whether a receive is used for two values.
func (f *file) wantsOK(x *ast.UnaryExpr, parent ast.Node) bool {
	_, tuple := f.Info.TypeOf(x).(*types.Tuple)
	if tuple {
		return true
	}
	switch p := parent.(type) {
	case *ast.AssignStmt:
		return len(p.Lhs) == 2 && len(p.Rhs) == 1
	case *ast.ValueSpec:
		return len(p.Names) == 2 && len(p.Values) == 1
	}
	return false
}

// rangeChannel turns a range over a channel into a loop over its receives.
func (f *file) rangeChannel(x *ast.RangeStmt, parent ast.Node) {
	id := f.id()
	at := f.channelSite(x.Pos(), x.X)
	op := fmt.Sprintf("%sr%d", f.prefix, id)
	channel := f.channel(x.X, f.moved(x, x.X), "<-chan")
	head := fmt.Sprintf("{ %s := %s.RecvFrom(%s); ", op, f.rt, channel)
	body, end := "", "}}"
	if x.Key != nil {
		key := f.text(x.Key.Pos(), x.Key.End())
		switch {
		case key == "_":
		case x.Tok == token.DEFINE && compareLang(f.Lang, "go1.22") >= 0:
			body, end = fmt.Sprintf(" %s := %s.V; {", key, op), "}}}" // the body may declare the name again
		case x.Tok == token.DEFINE:
			head += fmt.Sprintf("%s := %s.Zero(); ", key, op)
			body = fmt.Sprintf(" %s = %s.V;", key, op)
		default:
			body = fmt.Sprintf(" %s = %s.V;", key, op)
		}
	}
	label := f.innerLabel(parent, x)
	f.replace(x.Pos(), x.Body.Lbrace+1, head+f.back(x)+fmt.Sprintf("%sfor %s.Next(%d) {%s", label, op, at, body))
	f.replace(x.Body.Rbrace, x.Body.Rbrace+1, end)
}
