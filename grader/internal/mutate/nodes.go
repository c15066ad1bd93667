package mutate

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// node makes the mutants of single expressions and statements.
func (m *mutator) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.CallExpr:
		m.call(n)
	case *ast.ExprStmt:
		m.concurrent(n)
	case *ast.GoStmt:
		m.add("goroutine made a call", n, change{n.Pos(), n.Call.Pos(), ""})
	case *ast.ForStmt:
		m.once(n)
	case *ast.SelectStmt:
		m.selected(n)
	}
}

func (m *mutator) call(c *ast.CallExpr) {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		m.methodCall(c, f)
	case *ast.Ident:
		switch {
		case f.Name == "make" && len(c.Args) > 0:
			if t, ok := c.Args[0].(*ast.ChanType); ok && !m.onlyClosed(t) {
				m.capacity(c)
			}
		case f.Name == "append" && len(c.Args) == 2 && c.Ellipsis.IsValid() && empty(c.Args[0]):
			m.add("copy dropped", c, change{c.Pos(), c.End(), m.text(c.Args[1])})
		}
	}
}

// empty recognises []T(nil) and []T{}.
func empty(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		_, ok := e.Fun.(*ast.ArrayType)
		return ok
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	}
	return false
}

func (m *mutator) methodCall(c *ast.CallExpr, f *ast.SelectorExpr) {
	x := m.text(f.X)
	renamed := func(operator, name string) {
		m.add(operator, c, change{f.Sel.Pos(), f.Sel.End(), name})
	}
	switch {
	case f.Sel.Name == "Broadcast":
		renamed("Signal for Broadcast", "Signal")
	case f.Sel.Name == "Signal":
		renamed("Broadcast for Signal", "Broadcast")
	case f.Sel.Name == "Clone" && len(c.Args) == 1:
		m.add("copy dropped", c, change{c.Pos(), c.End(), m.text(c.Args[0])})
	case f.Sel.Name == "CompareAndSwap" && len(c.Args) == 2:
		m.add("CompareAndSwap in two steps", c, change{c.Pos(), c.End(), fmt.Sprintf(
			"func() bool {\nif %s.Load() != %s {\nreturn false\n}\n%s.Store(%s)\nreturn true\n}()", x, m.text(c.Args[0]), x, m.text(c.Args[1]))})
	}
}

// capacity gives a channel other room.
func (m *mutator) capacity(c *ast.CallExpr) {
	for _, room := range []string{"", ", 1", ", 2"} {
		m.add("other capacity", c, change{c.Args[0].End(), c.Rparen, room})
	}
}

// concurrent makes a call a goroutine, and what a WaitGroup starts a call; an
// atomic addition becomes a read and a write.
func (m *mutator) concurrent(s *ast.ExprStmt) {
	c, ok := s.X.(*ast.CallExpr)
	if !ok {
		return
	}
	f, ok := c.Fun.(*ast.SelectorExpr)
	switch {
	case ok && f.Sel.Name == "Go" && len(c.Args) == 1:
		m.add("goroutine made a call", s, change{s.Pos(), s.End(), "(" + m.text(c.Args[0]) + ")()"})
		m.add("goroutine not waited for", s, change{s.Pos(), s.End(), "go (" + m.text(c.Args[0]) + ")()"})
	case ok && f.Sel.Name == "Add" && len(c.Args) == 1:
		x := m.text(f.X)
		m.add("Add in two steps", s, change{s.Pos(), s.End(), fmt.Sprintf("%s.Store(%s.Load() + %s)", x, x, m.text(c.Args[0]))})
	case !slices.Contains(shared, method(c)):
		m.add("call made a goroutine", s, change{s.Pos(), s.Pos(), "go "})
	}
}

// once looks a single time where it was looked again after a wait.
func (m *mutator) once(f *ast.ForStmt) {
	if f.Init != nil || f.Post != nil || f.Cond == nil || branches(f.Body) {
		return
	}
	m.add("if for for", f, change{f.For, f.For + token.Pos(len("for")), "if"})
}

func branches(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if b, ok := n.(*ast.BranchStmt); ok && (b.Tok == token.BREAK || b.Tok == token.CONTINUE) {
			found = true
		}
		return !found
	})
	return found
}

// selected removes cases of a select, or has it wait no longer.
func (m *mutator) selected(s *ast.SelectStmt) {
	hasDefault := false
	for _, clause := range s.Body.List {
		c := clause.(*ast.CommClause)
		hasDefault = hasDefault || c.Comm == nil
		if len(s.Body.List) > 1 {
			m.add("select case removed", c, change{c.Pos(), c.End(), ""})
		}
	}
	if !hasDefault && len(s.Body.List) > 0 {
		end := s.Body.Rbrace
		m.add("default added", s, change{end, end, "default:\n"})
	}
}

// shims stand for atomic types, with the same methods and nothing atomic.
const shims = `
type plainNumber[T ~int32 | ~int64 | ~uint32 | ~uint64] struct{ v T }

func (p *plainNumber[T]) Load() T    { return p.v }
func (p *plainNumber[T]) Store(v T)  { p.v = v }
func (p *plainNumber[T]) Add(d T) T  { p.v += d; return p.v }
func (p *plainNumber[T]) Swap(v T) T { old := p.v; p.v = v; return old }
func (p *plainNumber[T]) CompareAndSwap(old, v T) bool {
	if p.v != old {
		return false
	}
	p.v = v
	return true
}

type plainValue[T comparable] struct{ v T }

func (p *plainValue[T]) Load() T    { return p.v }
func (p *plainValue[T]) Store(v T)  { p.v = v }
func (p *plainValue[T]) Swap(v T) T { old := p.v; p.v = v; return old }
func (p *plainValue[T]) CompareAndSwap(old, v T) bool {
	if p.v != old {
		return false
	}
	p.v = v
	return true
}
`

var shimOf = map[string]string{
	"Int32": "plainNumber[int32]", "Int64": "plainNumber[int64]", "Uint32": "plainNumber[uint32]", "Uint64": "plainNumber[uint64]",
	"Bool": "plainValue[bool]",
}

// plain makes each atomic type of the file a plain one.
func (m *mutator) plain(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IndexExpr:
			if s, ok := atomicType(n.X); ok && s.Sel.Name == "Pointer" {
				m.add("plain for atomic", n, change{n.Pos(), n.End(), "plainValue[*" + m.text(n.Index) + "]"}, change{text: shims})
			}
		case *ast.SelectorExpr:
			if s, ok := atomicType(n); ok && shimOf[s.Sel.Name] != "" {
				m.add("plain for atomic", n, change{n.Pos(), n.End(), shimOf[s.Sel.Name]}, change{text: shims})
			}
		}
		return true
	})
}

func atomicType(e ast.Expr) (*ast.SelectorExpr, bool) {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return nil, false
	}
	x, ok := s.X.(*ast.Ident)
	return s, ok && x.Name == "atomic"
}
