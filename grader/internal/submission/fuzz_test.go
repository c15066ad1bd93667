package submission

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// tricky are sources around the edges of the rules, for the fuzzer to begin with.
var tricky = []string{
	"package x\n",
	"\ufeffpackage x\r\n",
	"package x // import \"y\"\n",
	"package x; import (\"fmt\"; f \"fmt\"; . \"io\"; _ \"sync\"); import \"C\"",
	"package x\nimport `unsafe`\nimport \"\\x75nsafe\"\nimport \"math/rand/v2\"\n",
	"package x\n//go:norace\nfunc F() { /*line a:1*/ }\n//line b:2\n// +build c\n//+build\n",
	"package x\nconst s = `\n//go:norace\n`; var r = '\\''\n/* //go:x */",
	"package x\nfunc init() {}\nfunc (T) init() {}\nfunc F()\ntype T struct{ init func() }",
	"package x\nfunc len() {}; type any int; var true, nil = 1, 2; const iota = 1; import print \"fmt\"",
	"package x\nimport \"io\"\nfunc F(c chan error) { io.EOF = nil; _ = &io.EOF; for io.EOF = range c {}; select { case io.EOF = <-c: } }",
	"package x\nimport \"time\"\nfunc F() { p := time.UTC; *p = *time.Local; (*time.UTC) = *p; time := 1; time++ }",
	"package x\nimport \"hash/crc32\"\nvar t = crc32.IEEETable[:]\nfunc F() { crc32.IEEETable[0]++; copy(t, t); clear(crc32.IEEETable[:]) }",
	"package x\nimport f \"fmt\"\nvar p = f.Println\nfunc F() { (print)(1); defer recover(); recover := 1; _ = recover }",
	"package x\ntype (A[fmt any] struct{}; print func()); func (a A[recover]) M() { recover := 1; _ = recover; print(nil) }",
	"package x\nimport \"fmt\"\nfunc F(fmt int) (d fmt.Stringer) { switch fmt := any(fmt).(type) { case fmt.Stringer: _ = fmt }; L: goto L }",
	"package x\nimport \"fmt\"\ntype T struct{ fmt fmt.Stringer; print int }\nvar _ = T{print: 1, fmt: nil}\nvar _ = map[string]int{fmt.Sprint(): 1}",
	"package x\nfunc F() { for i := range 3 { go func() { _ = i }() }; { { { } } } }",
	"package x\nfunc F[T interface{ ~[]E; len() }, E any](x T) { _ = F[T, E]; min := max(1, 2); _ = min }",
	"package x\nfunc F() { var print, recover = 1, 2; _, _ = print, recover; func(recover func()) { recover() }(nil) }",
	"package y\nvar _ = " + strings.Repeat("(", 50) + "1" + strings.Repeat(")", 50),
}

// FuzzPolicy: whatever the policy passes is what the rules say, by another and
// simpler look at the same bytes: its tokens.
func FuzzPolicy(f *testing.F) {
	for _, source := range tricky {
		f.Add([]byte(source))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		found := Check(exercise, Submission{Files: map[string][]byte{"x.go": data}})
		for _, each := range found {
			require.NotEmpty(t, each.Summary)
			require.Equal(t, each.Verdict == evidence.Build, each.Meaning == "", "only what the compiler says needs no explanation")
			require.NotEmpty(t, each.Places)
		}
		if what, _ := textProblem(data); what == "" && len(found) == 0 && len(data) <= MaxFileSize {
			assertTokens(t, data)
		}
	})
}

// lexeme is a token with its text.
type lexeme struct {
	tok  token.Token
	text string
}

// lex splits a source into tokens; comments are held against the rules at once.
func lex(t *testing.T, data []byte) (list []lexeme) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("x.go", -1, len(data))
	s.Init(file, data, func(_ token.Position, msg string) { t.Error(msg) }, scanner.ScanComments)
	for {
		_, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return list
		case token.COMMENT:
			assertComment(t, text)
		default:
			list = append(list, lexeme{tok, text})
		}
	}
}

// assertTokens looks at a source that passed.
func assertTokens(t *testing.T, data []byte) {
	list := lex(t, data)
	require.Greater(t, len(list), 1)
	assert.Equal(t, []lexeme{{token.PACKAGE, "package"}, {token.IDENT, "x"}}, list[:2])
	depth := 0
	for i, l := range list {
		switch l.tok {
		case token.LBRACE, token.LPAREN, token.LBRACK:
			depth++
		case token.RBRACE, token.RPAREN, token.RBRACK:
			depth--
		case token.IMPORT:
			assertImport(t, list[i+1:])
		case token.FUNC:
			assert.False(t, depth == 0 && list[i+1].text == "init", "an init function passed")
		case token.VAR, token.CONST, token.TYPE:
			next := list[i+1]
			assert.False(t, depth == 0 && next.tok == token.IDENT && types.Universe.Lookup(next.text) != nil, "%s passed", next.text)
		}
	}
}

// assertImport looks at what comes after the word import.
func assertImport(t *testing.T, list []lexeme) {
	group := list[0].tok == token.LPAREN
	for _, l := range list {
		switch l.tok {
		case token.STRING:
			name, err := strconv.Unquote(l.text)
			require.NoError(t, err)
			assert.Contains(t, slices.Concat(allowedImports, exercise.Policy.AllowImports), name)
			if !group {
				return
			}
		case token.PERIOD:
			t.Error("a dot import passed")
		case token.IDENT:
			assert.NotEqual(t, "_", l.text, "a blank import passed")
		case token.RPAREN:
			return
		}
	}
}

func assertComment(t *testing.T, text string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		for _, d := range []string{"//go:", "//line ", "/*line ", "//export "} {
			assert.False(t, strings.HasPrefix(line, d), "%s passed", line)
		}
		rest, ok := strings.CutPrefix(line, "//")
		fields := strings.Fields(rest)
		assert.False(t, ok && len(fields) > 0 && fields[0] == "+build", "%s passed", line)
	}
}

// FuzzScopes: names that the policy takes for a package or for Go's own are
// those that the type checker takes for it, and no others.
func FuzzScopes(f *testing.F) {
	for _, source := range tricky {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) < 2000 && !strings.ContainsAny(source, "+<") { // no computed constants: they can be huge
			scopes(t, source)
		}
	})
}

// The same, for all fixes of the repository.
func TestScopesOfTheCurriculum(t *testing.T) {
	variants(t, func(_ kata.Exercise, _ string, s Submission) {
		for _, source := range s.Files {
			scopes(t, string(source))
		}
	})
}

// nothing imports every package as an empty one.
type nothing struct{}

func (nothing) Import(name string) (*types.Package, error) {
	pkg := types.NewPackage(name, localName(&ast.ImportSpec{Path: &ast.BasicLit{Value: strconv.Quote(name)}}))
	pkg.MarkComplete()
	return pkg, nil
}

func scopes(t *testing.T, source string) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "x.go", source, 0)
	if err != nil || inexact(file) {
		return
	}
	p := pass{exercise: exercise, name: "x.go", source: []byte(source), set: set}
	p.hold(file, Rules)
	for id, object := range uses(set, file) {
		_, imported := p.imports[id.Name]
		at := set.Position(id.Pos())
		switch object := object.(type) {
		case *types.PkgName:
			assert.True(t, p.free[id] && imported, "%s at %s is a package", id.Name, at)
		case *types.Builtin:
			_, seen := p.builtin(id, object.Name())
			assert.True(t, seen, "%s at %s is Go's", id.Name, at)
		default:
			assert.False(t, p.free[id] && imported, "%s at %s is no package", id.Name, at)
		}
	}
}

// inexact reports whether a file has one of the two things that go/parser gives
// too large a scope: the variable of a type switch, which it sees in the cases
// too, and the parameters of a generic type, which it sees in the rest of the
// group. Either way what it gets wrong is a type, and types run nothing.
func inexact(file *ast.File) (found bool) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSwitchStmt:
			_, binds := n.Assign.(*ast.AssignStmt)
			found = found || binds
		case *ast.GenDecl:
			found = found || len(n.Specs) > 1 && slices.ContainsFunc(n.Specs, func(s ast.Spec) bool {
				spec, ok := s.(*ast.TypeSpec)
				return ok && spec.TypeParams != nil
			})
		}
		return true
	})
	return found
}

// uses asks the type checker what names stand for. There is no answer if it
// has more against the source than what empty packages lack, and what is not
// used: such a source does not compile.
func uses(set *token.FileSet, file *ast.File) map[*ast.Ident]types.Object {
	sound := true
	info := types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: nothing{}, FakeImportC: true, Error: func(err error) {
		var e types.Error
		sound = sound && errors.As(err, &e) && (e.Soft || strings.HasPrefix(e.Msg, "undefined: "))
	}}
	_, _ = config.Check("x", set, []*ast.File{file}, &info)
	if !sound {
		return nil
	}
	return info.Uses
}
