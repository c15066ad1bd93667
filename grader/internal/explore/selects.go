package explore

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
)

// maxCases is how many channels of a select are named.
const maxCases = 3

// selectOn says which channels the cases of the select at a position are on, as the source
// calls them: "jobs or ctx.Done()". Empty if the source does not tell.
func (n *narrator) selectOn(at position) string {
	text, err := n.read(at.path)
	if err != nil {
		return ""
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, at.path, text, parser.SkipObjectResolution)
	if err != nil {
		return ""
	}
	var channels []string
	ast.Inspect(file, func(node ast.Node) bool {
		s, ok := node.(*ast.SelectStmt)
		if !ok || fset.Position(s.Pos()).Line != at.line || channels != nil {
			return true
		}
		for _, clause := range s.Body.List {
			if ch := channelOf(clause.(*ast.CommClause).Comm); ch != nil {
				channels = append(channels, string(text[fset.Position(ch.Pos()).Offset:fset.Position(ch.End()).Offset]))
			}
		}
		return false
	})
	return alternatives(channels)
}

// channelOf is the channel of a case: nil of a default.
func channelOf(s ast.Stmt) ast.Expr {
	var x ast.Expr
	switch s := s.(type) {
	case *ast.SendStmt:
		return s.Chan
	case *ast.ExprStmt:
		x = s.X
	case *ast.AssignStmt:
		x = s.Rhs[0]
	}
	if u, ok := ast.Unparen(x).(*ast.UnaryExpr); ok {
		return u.X
	}
	return nil
}

// alternatives lists texts: "a, b or c".
func alternatives(texts []string) string {
	if more := len(texts) - maxCases; more > 0 {
		texts = append(texts[:maxCases:maxCases], fmt.Sprintf("%d more", more))
	}
	if len(texts) < 2 {
		return strings.Join(texts, "")
	}
	last := len(texts) - 1
	return strings.Join(texts[:last], ", ") + " or " + texts[last]
}
