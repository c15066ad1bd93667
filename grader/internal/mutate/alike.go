package mutate

import (
	"go/ast"
	"go/token"
	"slices"
)

// Some changes make no difference, whatever else the file does. Such mutants are not made.

// section is a critical section: a stretch of one function that holds a lock.
type section struct {
	function ast.Node
	from, to token.Pos
}

// sections finds the functions of a file, and their critical sections.
func (m *mutator) sections(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if body := bodyOf(n); body != nil {
			m.functions = append(m.functions, n)
			own(body, func(x ast.Node) {
				for i := range statements(x) {
					m.section(n, statements(x), i)
				}
			})
		}
		return true
	})
}

func (m *mutator) section(function ast.Node, list []ast.Stmt, i int) {
	end := m.unlockOf(list, i)
	if end < 0 {
		return
	}
	s := section{function, list[i].End(), list[end].Pos()}
	if _, deferred := list[end].(*ast.DeferStmt); deferred {
		s.to = function.End()
	}
	m.held = append(m.held, s)
}

// bodyOf is the body of a function, or nil.
func bodyOf(n ast.Node) *ast.BlockStmt {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return n.Body
	case *ast.FuncLit:
		return n.Body
	}
	return nil
}

// functionOf is the innermost function around a statement.
func (m *mutator) functionOf(s ast.Stmt) (function ast.Node) {
	for _, f := range m.functions {
		if f.Pos() <= s.Pos() && s.End() <= f.End() {
			function = f
		}
	}
	return function
}

// own visits a function's body without the functions in it.
func own(body *ast.BlockStmt, visit func(ast.Node)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if _, ok := n.(*ast.FuncLit); ok || n == nil {
			return false
		}
		visit(n)
		return true
	})
}

// unheard reports whether none can tell the order of two statements: one of them wakes
// goroutines that need the lock which both hold, or that is let go beside it.
func (m *mutator) unheard(a, b ast.Stmt) bool {
	switch {
	case wakes(a, "Broadcast") && isUnlock(b), isUnlock(a) && wakes(b, "Broadcast"):
		return true
	case wakes(a, "Broadcast", "Signal"):
		return m.underLock(a, b) && !letsOthersIn(b)
	case wakes(b, "Broadcast", "Signal"):
		return m.underLock(a, b) && !letsOthersIn(a)
	}
	return false
}

func wakes(s ast.Stmt, names ...string) bool {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	c, ok := e.X.(*ast.CallExpr)
	return ok && len(c.Args) == 0 && slices.Contains(names, method(c))
}

func isUnlock(s ast.Stmt) bool { return wakes(s, "Unlock", "RUnlock") }

// underLock reports whether two neighbours are in a critical section of the function
// that they are in.
func (m *mutator) underLock(a, b ast.Stmt) bool {
	return slices.ContainsFunc(m.held, func(s section) bool {
		return s.function == m.functionOf(a) && s.from <= a.Pos() && b.End() <= s.to
	})
}

// letsOthersIn reports whether a statement may release a lock, or wait.
func letsOthersIn(s ast.Stmt) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt, *ast.SelectStmt, *ast.GoStmt:
			found = true
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.CallExpr:
			found = found || slices.Contains([]string{"Lock", "RLock", "Unlock", "RUnlock", "Wait"}, method(n))
		}
		return !found
	})
	return found
}

// needsNoLock reports whether the last statements of a function wake goroutines and
// return values of its own, which none guards.
func needsNoLock(function ast.Node, rest []ast.Stmt) bool {
	return !slices.ContainsFunc(rest, func(s ast.Stmt) bool {
		if r, ok := s.(*ast.ReturnStmt); ok {
			return slices.ContainsFunc(r.Results, func(e ast.Expr) bool { return !ofItsOwn(function, e) })
		}
		return !wakes(s, "Broadcast")
	})
}

// ofItsOwn recognises literals, and a variable of a function that no other function uses.
func ofItsOwn(function ast.Node, e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return slices.Contains([]string{"nil", "true", "false"}, e.Name) || declares(function, e.Name) && !shares(function, e.Name)
	}
	return false
}

// declares reports whether a name is one of a function's results or variables.
func declares(function ast.Node, name string) (found bool) {
	ast.Inspect(function, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			found = found || slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name })
		case *ast.ValueSpec:
			found = found || slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name })
		case *ast.AssignStmt:
			found = found || n.Tok == token.DEFINE && slices.ContainsFunc(n.Lhs, func(e ast.Expr) bool { return isNamed(e, name) })
		}
		return !found
	})
	return found
}

func isNamed(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

// shares reports whether a function within uses the name, or its address is taken.
func shares(function ast.Node, name string) (found bool) {
	ast.Inspect(function, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			ast.Inspect(n, func(x ast.Node) bool {
				e, ok := x.(ast.Expr)
				found = found || ok && isNamed(e, name)
				return !found
			})
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && isNamed(n.X, name)
		}
		return !found
	})
	return found
}

// onlyClosed reports whether nothing is ever sent on channels of a type, so that their
// room makes no difference: no empty struct is sent anywhere.
func (m *mutator) onlyClosed(t *ast.ChanType) bool {
	return isEmptyStruct(t.Value) && !m.sendsEmpty
}

func isEmptyStruct(e ast.Expr) bool {
	s, ok := e.(*ast.StructType)
	return ok && len(s.Fields.List) == 0
}

// sent notes whether the file sends empty structs.
func (m *mutator) sent(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SendStmt); ok {
			lit, ok := s.Value.(*ast.CompositeLit)
			m.sendsEmpty = m.sendsEmpty || !ok || isEmptyStruct(lit.Type)
		}
		return true
	})
}
