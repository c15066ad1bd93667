package submission

import (
	"go/ast"
	"strconv"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// timers refuses the types of timers, but for pointers to them. A copy without a name for
// its type is found when the fix has been type-checked: CopiedTimer.
func timers(p *pass) {
	pointed := map[ast.Expr]bool{}
	for n := range ast.Preorder(p.file) {
		switch n := n.(type) {
		case *ast.StarExpr:
			pointed[n.X] = true
		case *ast.IndexExpr:
			if full, _, ok := p.pointing(n); ok && full == "sync/atomic.Pointer" {
				pointed[n.Index] = true
			}
		case *ast.SelectorExpr:
			if full, name, ok := p.qualified(n); ok && (full == "time.Timer" || full == "time.Ticker") && !pointed[n] {
				p.refuse(n.Pos(), "have a "+clip(name)+" that is not a pointer")
			}
		}
	}
}

// pointing is the generic type of an instance, if it is another package's.
func (p *pass) pointing(x *ast.IndexExpr) (full, name string, ok bool) {
	sel, ok := x.X.(*ast.SelectorExpr)
	if !ok {
		return "", "", false
	}
	return p.qualified(sel)
}

// CopiedTimer returns the finding for a fix that copies a timer at a place such as
// "file.go:12".
func CopiedTimer(e kata.Exercise, at string) evidence.Finding {
	file, text, _ := strings.Cut(at, ":")
	line, _ := strconv.Atoi(text)
	for _, r := range Rules {
		if r.Name == "timer" {
			return refusal(e, r, r.Doc, r.Why, r.Instead, evidence.Place{File: e.Dir + "/" + file, Line: line, Role: "here"})
		}
	}
	return evidence.Finding{}
}
