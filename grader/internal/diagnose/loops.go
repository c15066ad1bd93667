package diagnose

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// LoopAt is the line on which the innermost loop begins that holds all the lines of
// a source file; false if no loop does, or the source is none.
func LoopAt(source []byte, lines ...int) (line int, ok bool) {
	all := loopsAround(source, lines...)
	if len(all) == 0 {
		return 0, false
	}
	return all[0], true
}

// loopsAround are the lines on which the loops begin that hold all the lines of a
// source file, the innermost first.
func loopsAround(source []byte, lines ...int) (loops []int) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	if err != nil || len(lines) == 0 {
		return nil
	}
	at := func(p token.Pos) int { return set.PositionFor(p, false).Line }
	ast.Inspect(f, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if holds(at(n.Pos()), at(n.End()), lines) {
				loops = append(loops, at(n.Pos()))
			}
		case *ast.FuncLit: // what it does is no part of the loop around it
			if holds(at(n.Pos())+1, at(n.End())-1, lines) {
				loops = nil
			}
		}
		return true
	})
	slices.Reverse(loops)
	return loops
}

func holds(first, last int, lines []int) bool {
	return !slices.ContainsFunc(lines, func(l int) bool { return l < first || l > last })
}

// lostLoops are the lines of the loops of which the compiler may have lost the line:
// in a function, as a stack names it, those without a body, or else, since calls may
// be inlined away, those without a condition, or else all; without a name, of all
// functions, those that have neither.
func lostLoops(source []byte, function string) []int {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	var empty, endless, all []int
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || function != "" && !slices.Contains(nameParts(function), fn.Name.Name) {
			continue
		}
		ast.Inspect(fn, func(n ast.Node) bool {
			if loop, ok := n.(*ast.ForStmt); ok {
				line := set.PositionFor(loop.Pos(), false).Line
				all = append(all, line)
				if loop.Cond == nil {
					endless = append(endless, line)
				}
				if len(loop.Body.List) == 0 {
					empty = append(empty, line)
				}
			}
			return true
		})
	}
	switch {
	case function == "":
		return slices.DeleteFunc(empty, func(line int) bool { return !slices.Contains(endless, line) })
	case len(empty) > 0:
		return empty
	case len(endless) > 0:
		return endless
	}
	return all
}

// nameParts are the parts of a function's name in a stack, such as
// "a/b.(*Counter).Hit(...)": the function's own, its receiver's, its literals'.
func nameParts(function string) []string {
	name := function[strings.LastIndexByte(function, '/')+1:]
	if end := strings.LastIndexByte(name, '('); end > 0 && strings.HasSuffix(name, ")") && !strings.HasPrefix(name[end:], "(*") {
		name = name[:end]
	}
	return strings.Split(name, ".")
}
