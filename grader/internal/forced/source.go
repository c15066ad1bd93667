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

// at is the smallest statement on a line. If there is a function on the line as well,
// inside asks for the first statement in it; else the statement around it is meant.
func (s *source) at(line int, inside bool) *statement {
	var best *statement
	for _, c := range s.statements {
		if line < c.from || line > c.to {
			continue
		}
		smaller := best == nil || c.to-c.from < best.to-best.from
		same := best != nil && c.to-c.from == best.to-best.from && c.from == best.from
		if smaller || same && inside && c.depth > best.depth {
			best = c
		}
	}
	if best != nil && s.ends[line] && best.from < line { // a deferred call, at the end of a function within it
		return nil
	}
	return best
}

// holds tells whether a statement is within another one.
func (s *statement) holds(inner *statement) bool {
	return s != inner && s.source == inner.source && s.node.Pos() <= inner.node.Pos() && inner.node.End() <= s.node.End()
}

// loops tells whether a statement's first line may run again before the statement does.
func (s *statement) loops() bool {
	switch s.node.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return true
	}
	return false
}

// begins tells whether a statement is the first thing on its line.
func (s *statement) begins() bool {
	return strings.TrimSpace(s.source.lines[s.from-1][:s.column-1]) == ""
}
