package instrument

import (
	"fmt"
	"go/ast"
	"strings"
)

// markComm keeps the operations of select clauses from being rewritten by
// themselves.
func (f *file) markComm(n ast.Node) {
	cc, ok := n.(*ast.CommClause)
	if !ok || cc.Comm == nil {
		return
	}
	f.handled[cc.Comm] = true
	switch s := cc.Comm.(type) {
	case *ast.ExprStmt:
		f.handled[isReceive(s.X)] = true
	case *ast.AssignStmt:
		f.handled[isReceive(s.Rhs[0])] = true
	}
}

// selection is a select statement on its way: its operations are evaluated once,
// in source order; tried in an order that the strategy begins; and if none can go
// on, a native select waits for all of them. A switch then runs the clause.
type selection struct {
	*file
	id                 int
	at                 uint32
	home               *ast.SelectStmt
	evaluate, try, end strings.Builder
	operations         strings.Builder // the names of the operations, each after a comma
	cases              strings.Builder // their texts, likewise
	count              int
	hasDefault         bool
}

func (f *file) selectStmt(x *ast.SelectStmt, parent ast.Node) {
	at := f.site(x.Pos(), "")
	if len(x.Body.List) == 0 {
		f.before(x.Pos(), fmt.Sprintf("%s.Blocked(%s.OpSelect, %d, %s.NoObject); ", f.rt, f.rt, at, f.rt))
		return
	}
	s := &selection{file: f, id: f.id(), at: at, home: x}
	for _, clause := range x.Body.List {
		s.clause(clause.(*ast.CommClause))
	}
	label := f.innerLabel(parent, x)
	f.replace(x.Select, x.Body.Lbrace+1, s.head(label))
	tail := "}}"
	if !s.hasDefault {
		tail = "; default: select {}}}" // never reached; what ends a function still does
	}
	f.replace(x.Body.Rbrace, x.Body.Rbrace+1, tail)
}

// clause takes one clause's operation out of it.
func (s *selection) clause(cc *ast.CommClause) {
	if cc.Comm == nil {
		s.hasDefault = true
		return
	}
	op, at := fmt.Sprintf("%ss%d_%d", s.prefix, s.id, s.count), s.markIn(s.home, cc.Comm.Pos())
	assign := ""
	switch c := cc.Comm.(type) {
	case *ast.SendStmt:
		channel := s.channel(c.Chan, s.operand(c.Chan), "chan<-")
		fmt.Fprintf(&s.evaluate, "%s := %s.SendTo(%s); %s.V = %s; ", op, s.rt, channel, op, s.operand(c.Value))
		fmt.Fprintf(&s.end, "case %s%s.C <- %s.V: %s = %d; ", at, op, op, s.index(), s.count)
	case *ast.ExprStmt:
		s.receiveClause(op, at, isReceive(c.X))
	case *ast.AssignStmt:
		s.receiveClause(op, at, isReceive(c.Rhs[0]))
		assign = fmt.Sprintf(" %s %s %s.V", s.text(c.Lhs[0].Pos(), c.Lhs[len(c.Lhs)-1].End()), c.Tok, op)
		if len(c.Lhs) == 2 {
			assign += ", " + op + ".OK"
		}
		assign += ";"
	}
	fmt.Fprintf(&s.operations, ", %s", op)
	fmt.Fprintf(&s.cases, ", %q", "case "+s.original(cc.Comm.Pos(), cc.Comm.End()))
	fmt.Fprintf(&s.try, "case %d: %sif %s.Try() { %s = %d }; ", s.count, at, op, s.index(), s.count)
	s.replace(cc.Pos(), cc.Colon+1, fmt.Sprintf("case %d:%s", s.count, assign))
	s.count++
}

func (s *selection) receiveClause(op, at string, u *ast.UnaryExpr) {
	fmt.Fprintf(&s.evaluate, "%s := %s.RecvFrom(%s); ", op, s.rt, s.channel(u.X, s.operand(u.X), "<-chan"))
	fmt.Fprintf(&s.end, "case %s%s.V, %s.OK = <-%s.C: %s = %d; ", at, op, op, op, s.index(), s.count)
}

func (s *selection) operand(e ast.Expr) string { return s.moved(s.home, e) }

func (s *selection) index() string { return fmt.Sprintf("%si%d", s.prefix, s.id) }

// head is what comes in the place of `select {`.
func (s *selection) head(label string) string {
	i, j, k := s.index(), fmt.Sprintf("%sj%d", s.prefix, s.id), fmt.Sprintf("%sk%d", s.prefix, s.id)
	var h strings.Builder
	here := s.markIn(s.home, s.home.Pos())
	fmt.Fprintf(&h, "{ %s%s%s := -1; ", s.evaluate.String(), here, i)
	fmt.Fprintf(&h, "for %s, %s := 0, %s.Select(%d%s); %s < %d && %s < 0; %s++ { switch (%s+%s)%%%d { %s%s} }; %s.Took(%s); ",
		j, k, s.rt, s.at, s.operations.String(), j, s.count, i, j, j, k, max(s.count, 1), s.try.String(), here, s.rt, i)
	if !s.hasDefault {
		fmt.Fprintf(&h, "if %s < 0 { %s.Blocked(%s.OpSelect, %d, %s.NoObject); select { %s%s}; %s.After(%d, %s.NoObject) }; ", i, s.rt, s.rt, s.at, s.rt, s.end.String(), here, s.rt, s.at, s.rt)
	}
	fmt.Fprintf(&h, "if %s.Tells() { %s.Chose(%s, []%s.Operation{%s}%s) }; %sswitch %s {",
		s.rt, s.rt, i, s.rt, strings.TrimPrefix(s.operations.String(), ", "), s.cases.String(), label, i)
	return h.String()
}
