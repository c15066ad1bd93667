package forced

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// source is a file of Go code, and the statements that a call can stand in front of.
type source struct {
	name       string // relative to the module's root, with slashes
	lines      []string
	file       *ast.File
	positions  *token.FileSet
	statements []*statement
	ends       map[int]bool // lines on which a function of several lines ends
}

// statement is one that is in a list, so that another can be put in front of it.
type statement struct {
	source   *source
	node     ast.Stmt
	from, to int // lines
	column   int // of its first byte, from 1 on
	function ast.Node
	depth    int // of functions around it
}

func parse(name string, text []byte) (*source, error) {
	s := &source{name: name, lines: strings.SplitAfter(string(text), "\n"), positions: token.NewFileSet(), ends: map[int]bool{}}
	var err error
	if s.file, err = parser.ParseFile(s.positions, name, text, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	s.collect(s.file, nil, 0)
	return s, nil
}

// collect lists the statements below a node, outer ones first.
func (s *source) collect(root, function ast.Node, depth int) {
	ast.Inspect(root, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			if n != root {
				s.ends[s.line(n.End())] = s.line(n.Pos()) != s.line(n.End())
				s.collect(n, n, depth+1)
				return false
			}
		case *ast.BlockStmt:
			s.add(n.List, function, depth)
		case *ast.CaseClause:
			s.add(n.Body, function, depth)
		case *ast.CommClause:
			s.add(n.Body, function, depth)
		}
		return true
	})
}

func (s *source) add(list []ast.Stmt, function ast.Node, depth int) {
	for _, node := range list {
		switch node.(type) {
		case *ast.CaseClause, *ast.CommClause, *ast.EmptyStmt:
			continue
		}
		at := s.positions.Position(node.Pos())
		s.statements = append(s.statements, &statement{source: s, node: node, from: at.Line, to: s.line(node.End()), column: at.Column, function: function, depth: depth})
	}
}

func (s *source) line(p token.Pos) int { return s.positions.Position(p).Line }

// at is the smallest statement at a column of a line, or on the line if the column is 0. If
// there is a function on the line as well, inside then asks for the first statement in
// it; else the statement around it is meant.
func (s *source) at(line, column int, inside bool) *statement {
	var best *statement
	for _, c := range s.statements {
		if line < c.from || line > c.to || column > 0 && !c.contains(line, column) {
			continue
		}
		lines := c.to - c.from
		switch {
		case best == nil || lines < best.to-best.from:
			best = c
		case lines > best.to-best.from || c.from != best.from:
		case column > 0 || inside && c.depth > best.depth:
			best = c
		}
	}
	if best != nil && column == 0 && s.ends[line] && best.from < line { // a deferred call, at the end of a function within it
		return nil
	}
	return best
}

// contains reports whether a column of a line is within a statement.
func (s *statement) contains(line, column int) bool {
	end := s.source.positions.Position(s.node.End())
	return (line > s.from || column >= s.column) && (line < end.Line || column < end.Column)
}

// holds reports whether a statement is within another one.
func (s *statement) holds(inner *statement) bool {
	return s != inner && s.source == inner.source && s.node.Pos() <= inner.node.Pos() && inner.node.End() <= s.node.End()
}

// loops reports whether a statement's first line may run again before the statement does.
func (s *statement) loops() bool {
	switch s.node.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return true
	}
	return false
}

// begins reports whether a statement is the first thing on its line.
func (s *statement) begins() bool {
	return strings.TrimSpace(s.source.lines[s.from-1][:s.column-1]) == ""
}

// spot is where a call stands.
type spot struct {
	*statement
	side side
}

// side is where a call stands, as seen from a statement.
type side int

const (
	before side = iota
	middle      // of an assignment, when all is computed
	after
)

// halves are the two sides of an assignment that a call can stand between. What is on the
// left must be the same if it is evaluated later.
func (s *statement) halves() (left, right string, ok bool) {
	var target ast.Expr
	switch n := s.node.(type) {
	case *ast.IncDecStmt:
		target = n.X
		right = s.text(n.X) + " " + n.Tok.String()[:1] + " 1"
	case *ast.AssignStmt:
		if len(n.Lhs) != 1 || len(n.Rhs) != 1 || n.Tok == token.DEFINE {
			return "", "", false
		}
		target, right = n.Lhs[0], s.text(n.Rhs[0])
		if n.Tok != token.ASSIGN {
			right = s.text(target) + " " + strings.TrimSuffix(n.Tok.String(), "=") + " (" + right + ")"
		}
	}
	if target == nil || s.from != s.to || calls(target) {
		return "", "", false
	}
	return s.text(target), right, true
}

// calls reports whether evaluating an expression may do more than look something up.
func calls(e ast.Expr) (yes bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			yes = true
		case *ast.UnaryExpr:
			yes = yes || n.Op == token.ARROW
		}
		return !yes
	})
	return yes
}

// text is the source of a node that is on one line.
func (s *statement) text(n ast.Node) string {
	from, to := s.source.positions.Position(n.Pos()), s.source.positions.Position(n.End())
	if from.Line != to.Line {
		return ""
	}
	return s.source.lines[from.Line-1][from.Column-1 : to.Column-1]
}
