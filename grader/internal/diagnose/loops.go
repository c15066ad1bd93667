package diagnose

import (
	"go/ast"
	"go/parser"
	"go/token"
)

// LoopAt is the line on which the innermost loop begins that holds all the lines of
// a source file; false if no loop does, or the source is none.
func LoopAt(source []byte, lines ...int) (line int, ok bool) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	if err != nil || len(lines) == 0 {
		return 0, false
	}
	at := func(p token.Pos) int { return set.PositionFor(p, false).Line }
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if holds(at(n.Pos()), at(n.End()), lines) {
				line, ok = at(n.Pos()), true
			}
		case *ast.FuncLit: // what it does is no part of the loop around it
			if holds(at(n.Pos())+1, at(n.End())-1, lines) {
				line, ok = 0, false
			}
		}
		return true
	})
	return line, ok
}

func holds(first, last int, lines []int) bool {
	for _, l := range lines {
		if l < first || l > last {
			return false
		}
	}
	return true
}
