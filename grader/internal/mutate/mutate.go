// Package mutate makes wrong fixes that no author thought of: it puts one small fault
// at a time into a right fix, by operators that are published for concurrent code
// (Bradbury, Cordy and Dingel, "Mutation Operators for Concurrent Java", 2006) and
// by Go's own.
package mutate

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// Mutant is a fix with one fault in it.
type Mutant struct {
	Operator string
	Line     int    // of the original, where the fault is
	Before   string // what stood there, on one line
	After    string // what stands there now
	Source   []byte
}

// String is how people tell mutants of one fix apart.
func (m Mutant) String() string {
	return fmt.Sprintf("line %d: %s: %s → %s", m.Line, m.Operator, m.Before, m.After)
}

// Of returns the mutants of a file, in the order of its lines. Some may not
// compile, and some may be as right as the file is, though not for a reason that the
// text alone shows.
func Of(source []byte) ([]Mutant, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "fix.go", source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	formatted, err := format.Source(source)
	if err != nil {
		return nil, err
	}
	m := &mutator{set: set, source: source, seen: map[string]bool{string(formatted): true}}
	m.sections(file)
	m.sent(file)
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		if list := statements(n); list != nil {
			m.list(list)
		}
		m.node(n)
		return true
	})
	m.plain(file)
	slices.SortStableFunc(m.mutants, func(a, b Mutant) int { return a.Line - b.Line })
	return m.mutants, nil
}

// statements are the statements directly in a block or a case.
func statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

type mutator struct {
	set     *token.FileSet
	source  []byte
	seen    map[string]bool
	mutants []Mutant

	functions  []ast.Node // FuncDecls and FuncLits, outer before inner
	held       []section
	sendsEmpty bool // a send may be of an empty struct
}

// change puts text in the place of what lies between two positions.
type change struct {
	from, to token.Pos
	text     string
}

// offset is where a position is; none is the end of the file.
func (m *mutator) offset(p token.Pos) int {
	if !p.IsValid() {
		return len(m.source)
	}
	return m.set.Position(p).Offset
}

func (m *mutator) text(n ast.Node) string {
	return string(m.source[m.offset(n.Pos()):m.offset(n.End())])
}

// add keeps a mutant, unless it is no Go or there already. A position that is
// none stands for the end of the file.
func (m *mutator) add(operator string, at ast.Node, changes ...change) {
	slices.SortStableFunc(changes, func(a, b change) int { return cmp.Compare(m.offset(a.from), m.offset(b.from)) })
	var out bytes.Buffer
	done, before, after := 0, []string{}, []string{}
	for _, c := range changes {
		from, to := m.offset(c.from), m.offset(c.to)
		if from < done {
			return
		}
		out.Write(m.source[done:from])
		out.WriteString(c.text)
		if c.from.IsValid() {
			before, after = append(before, string(m.source[from:to])), append(after, c.text)
		}
		done = to
	}
	out.Write(m.source[done:])
	source, err := tidy(out.Bytes())
	if err != nil || m.seen[string(source)] {
		return
	}
	m.seen[string(source)] = true
	m.mutants = append(m.mutants, Mutant{
		Operator: operator, Line: m.set.Position(at.Pos()).Line, Source: source,
		Before: inShort(before), After: inShort(after),
	})
}

const maxShort = 60

// inShort puts what was changed on one line.
func inShort(texts []string) string {
	var parts []string
	for _, t := range texts {
		if t = strings.Join(strings.Fields(t), " "); t != "" {
			parts = append(parts, t)
		}
	}
	text := []rune(strings.Join(parts, " … "))
	switch {
	case len(text) == 0:
		return "(nothing)"
	case len(text) > maxShort:
		return string(text[:maxShort-1]) + "…"
	}
	return string(text)
}

// tidy removes imports that nothing uses any more, and formats.
func tidy(source []byte) ([]byte, error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "fix.go", source, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	})
	for _, i := range slices.Backward(file.Imports) {
		path, _ := strconv.Unquote(i.Path.Value) // it has been parsed
		if i.Name == nil && !used[path[strings.LastIndex(path, "/")+1:]] {
			from, to := set.Position(i.Pos()).Offset, set.Position(i.End()).Offset
			source = slices.Concat(source[:from], source[to:])
		}
	}
	source = bytes.Replace(source, []byte("\nimport \n"), []byte("\n"), 1)
	return format.Source(source)
}
