package profile

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// insertion is text to put into a file.
type insertion struct {
	offset int
	text   string
}

// logged makes each function log its name first.
func logged(source []byte) ([]byte, error) {
	return changed(source, `hklog "log"`, func(file *ast.File, at func(token.Pos, string)) {
		name := ""
		ast.Inspect(file, func(n ast.Node) bool {
			switch f := n.(type) {
			case *ast.FuncDecl:
				if name = f.Name.Name; f.Body != nil {
					at(f.Body.Lbrace+1, "hklog.Print("+strconv.Quote(name)+");")
				}
			case *ast.FuncLit:
				at(f.Body.Lbrace+1, "hklog.Print("+strconv.Quote("a function in "+name)+");")
			}
			return true
		})
	})
}

// slowed puts a pause before each statement.
func slowed(source []byte) ([]byte, error) {
	return changed(source, `hktime "time"`, func(file *ast.File, at func(token.Pos, string)) {
		pause := func(list []ast.Stmt) {
			for _, s := range list {
				at(s.Pos(), "hktime.Sleep(1);")
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				if !clauses(n.List) {
					pause(n.List)
				}
			case *ast.CaseClause:
				pause(n.Body)
			case *ast.CommClause:
				pause(n.Body)
			}
			return true
		})
	})
}

// clauses reports whether a block is that of a switch or select.
func clauses(list []ast.Stmt) bool {
	return slices.ContainsFunc(list, func(s ast.Stmt) bool {
		switch s.(type) {
		case *ast.CaseClause, *ast.CommClause:
			return true
		}
		return false
	})
}

// changed is a file with an import and insertions, each line at its old number.
func changed(source []byte, imported string, insert func(file *ast.File, at func(token.Pos, string))) ([]byte, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("it does not compile: %w", err)
	}
	offset := func(p token.Pos) int { return files.Position(p).Offset }
	all := []insertion{{offset(file.Name.End()), "; import " + imported}}
	insert(file, func(p token.Pos, text string) { all = append(all, insertion{offset(p), text}) })
	if len(all) == 1 { // an import that nothing uses does not compile
		return source, nil
	}
	slices.SortStableFunc(all, func(a, b insertion) int { return a.offset - b.offset })
	var b strings.Builder
	done := 0
	for _, i := range all {
		b.Write(source[done:i.offset])
		b.WriteString(i.text)
		done = i.offset
	}
	b.Write(source[done:])
	return []byte(b.String()), nil
}
