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
// calls them: "jobs or ctx.Done()". Empty if the source does not tell. Thousands of goroutines
// may wait at one, so what was found is remembered.
func (s *Session) selectOn(at position) string {
	key := spot{at.path, at.line}
	if known, ok := s.selects.Load(key); ok {
		return known.(string)
	}
	var channels []string
	if text, err := s.read(at.path); err == nil {
		channels = channelsAt(text, at.line)
	}
	named := alternatives(channels)
	s.selects.Store(key, named)
	return named
}

// spot is a line of a file.
type spot struct {
	path string
	line int
}

// channelsAt are the channels of the select on a line of a file.
func channelsAt(text []byte, line int) (channels []string) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	at := func(pos token.Pos) token.Position { return fset.PositionFor(pos, false) } // whatever //line says
	ast.Inspect(file, func(node ast.Node) bool {
		s, ok := node.(*ast.SelectStmt)
		if !ok || at(s.Pos()).Line != line || channels != nil {
			return true
		}
		for _, clause := range s.Body.List {
			if ch := channelOf(clause.(*ast.CommClause).Comm); ch != nil {
				channels = append(channels, string(text[at(ch.Pos()).Offset:at(ch.End()).Offset]))
			}
		}
		return false
	})
	return channels
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
