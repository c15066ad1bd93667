package mutate

import (
	"go/ast"
	"slices"
)

// list makes the mutants of statements that follow one another.
func (m *mutator) list(list []ast.Stmt) {
	for i, s := range list {
		m.removed(s)
		if i+1 < len(list) {
			m.exchanged(s, list[i+1])
		}
		if c := callIn(s); c != nil {
			m.locked(list, i)
			m.added(list, i, c)
		}
		if s, ok := s.(*ast.DeferStmt); ok {
			m.add("defer dropped", s, change{s.Pos(), s.Call.Pos(), ""})
		}
	}
}

// callIn is the call that a statement is, or defers.
func callIn(s ast.Stmt) *ast.CallExpr {
	switch s := s.(type) {
	case *ast.ExprStmt:
		c, _ := s.X.(*ast.CallExpr)
		return c
	case *ast.DeferStmt:
		return s.Call
	}
	return nil
}

// method is the name of the method, or function, that is called.
func method(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// receiver is what a method is called on.
func (m *mutator) receiver(c *ast.CallExpr) string {
	if f, ok := c.Fun.(*ast.SelectorExpr); ok {
		return m.text(f.X)
	}
	return ""
}

// removed leaves a statement out. A variable that it alone used stays used.
func (m *mutator) removed(s ast.Stmt) {
	operator := "statement removed"
	text := ""
	switch s := s.(type) {
	case *ast.ExprStmt, *ast.DeferStmt:
		c := callIn(s)
		if c == nil {
			break
		}
		if method(c) != "" {
			operator = method(c) + " removed"
		}
		if f, ok := c.Fun.(*ast.Ident); ok && f.Name != "close" && f.Name != "panic" {
			text = "_ = " + f.Name
		}
	case *ast.AssignStmt:
		if s.Tok.String() == ":=" {
			return
		}
		operator = "assignment removed"
	case *ast.SendStmt:
		operator = "send removed"
	case *ast.GoStmt:
		operator = "go removed"
	case *ast.IncDecStmt:
	default:
		return
	}
	m.add(operator, s, change{s.Pos(), s.End(), text})
}

// exchanged swaps two statements, one of which others may notice.
func (m *mutator) exchanged(a, b ast.Stmt) {
	if !noticed(a) && !noticed(b) || !simple(a) || !simple(b) || m.unheard(a, b) {
		return
	}
	m.add("statements exchanged", a, change{a.Pos(), a.End(), m.text(b)}, change{b.Pos(), b.End(), m.text(a)})
}

func simple(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.ReturnStmt, *ast.BranchStmt, *ast.DeclStmt, *ast.LabeledStmt, *ast.DeferStmt:
		return false
	}
	return true
}

// shared are the calls by which goroutines take notice of one another.
var shared = []string{"Lock", "Unlock", "RLock", "RUnlock", "Signal", "Broadcast", "Store", "Add", "Done", "Swap", "close", "cancel", "Go", "Wait"}

func noticed(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.SendStmt, *ast.GoStmt:
		return true
	default:
		c := callIn(s)
		return c != nil && slices.Contains(shared, method(c))
	}
}

// unlocks names what gives back what a method takes.
var unlocks = map[string]string{"Lock": "Unlock", "RLock": "RUnlock"}

// unlockOf is where a lock that statement i takes is given back in the same list, or
// is deferred to be; -1 if it takes none, or nowhere.
func (m *mutator) unlockOf(list []ast.Stmt, i int) int {
	lock := callIn(list[i])
	if _, ok := list[i].(*ast.ExprStmt); !ok || lock == nil || unlocks[method(lock)] == "" {
		return -1
	}
	for j := i + 1; j < len(list); j++ {
		if c := callIn(list[j]); c != nil && method(c) == unlocks[method(lock)] && m.receiver(c) == m.receiver(lock) {
			return j
		}
	}
	return -1
}

// locked makes the mutants of a critical section that begins with statement i.
func (m *mutator) locked(list []ast.Stmt, i int) {
	j := m.unlockOf(list, i)
	if j < 0 {
		return
	}
	begin, end, lock, c := list[i], list[j], callIn(list[i]), callIn(list[j])
	m.add("critical section removed", begin, change{begin.Pos(), begin.End(), ""}, change{end.Pos(), end.End(), ""})
	m.shared(lock, c)
	if _, deferred := end.(*ast.DeferStmt); deferred {
		m.shortened(list, j, c)
	} else {
		m.split(list, i, j, lock, c)
	}
}

// shared has others read at the same time.
func (m *mutator) shared(lock, unlock *ast.CallExpr) {
	l, u := lock.Fun.(*ast.SelectorExpr).Sel, unlock.Fun.(*ast.SelectorExpr).Sel
	if l.Name == "Lock" {
		m.add("RLock for Lock", lock, change{l.Pos(), l.End(), "RLock"}, change{u.Pos(), u.End(), "RUnlock"})
	}
}

// shortened ends a critical section before its function ends, at each place.
func (m *mutator) shortened(list []ast.Stmt, deferred int, unlock *ast.CallExpr) {
	end := list[deferred]
	for i := deferred + 2; i < len(list); i++ {
		s := list[i]
		if needsNoLock(m.functionOf(s), list[i:]) {
			return
		}
		m.add("critical section shortened", s, change{end.Pos(), end.End(), ""}, change{s.Pos(), s.Pos(), m.text(unlock) + "\n"})
	}
}

// split lets others in between two statements of a critical section.
func (m *mutator) split(list []ast.Stmt, i, j int, lock, unlock *ast.CallExpr) {
	for _, s := range list[min(i+2, j):j] {
		m.add("critical section split", s, change{s.Pos(), s.Pos(), m.text(unlock) + "\n" + m.text(lock) + "\n"})
	}
}

// added moves an Add into the goroutine that it is about.
func (m *mutator) added(list []ast.Stmt, i int, c *ast.CallExpr) {
	if method(c) != "Add" || i+1 == len(list) {
		return
	}
	if g, ok := list[i+1].(*ast.GoStmt); ok {
		if f, ok := g.Call.Fun.(*ast.FuncLit); ok {
			begin := f.Body.Lbrace + 1
			m.add("Add moved into the goroutine", list[i], change{list[i].Pos(), list[i].End(), ""}, change{begin, begin, "\n" + m.text(c) + "\n"})
		}
	}
}
