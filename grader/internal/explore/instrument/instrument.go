// Package instrument rewrites Go source so that a controller decides the order
// of everything whose order matters: points before operations, and drop-in
// packages in the place of sync, sync/atomic, testing and others. It changes
// text in place, so that every line keeps its number.
package instrument

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"hash/fnv"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Package is a type-checked package to rewrite.
type Package struct {
	Path   string // as in import statements; with _test for an external test package
	Fset   *token.FileSet
	Files  []File
	Types  *types.Package
	Info   *types.Info
	Lang   string // its language version, such as go1.21
	Target bool   // its tests are explored

	Rewritten func(path string) bool // other packages of which it tells that they are rewritten too
	Private   []string               // others in which goroutines share nothing but what they pass to them
}

// File is one file of a package.
type File struct {
	Path   string // where its text comes from, and what positions name
	Source []byte
	AST    *ast.File
}

// Site is a position that a point names.
type Site struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`           // of its first byte, from 1 on
	Object string `json:"object,omitempty"` // source text of the channel or memory
	Owner  string `json:"owner,omitempty"`  // of a channel: name of the type of which it is a field
	Field  string `json:"field,omitempty"`  // and its name there

	Does    string   `json:"does,omitempty"`    // Reads or Writes, if nothing else is done there
	Objects []string `json:"objects,omitempty"` // of a mark: all that it reads or writes
	Last    int      `json:"last,omitempty"`    // of a mark: the statement's last line
	Value   string   `json:"value,omitempty"`   // of a write: the constant that is written
}

// Sites numbers positions, of all packages of one build. Number 0 is none. The
// numbers of a file depend on the file alone, so that a schedule's steps have the
// same ones whatever it is built together with.
type Sites struct {
	list   map[uint32]Site
	blocks map[uint32]string // by the upper half of the numbers in it, the file that has it
	next   map[uint32]uint32 // the lower half of the next number of a block
	calls  map[place][]Call
}

// add numbers a site of a file, which is named by its package and its base name.
func (s *Sites) add(file string, site Site) uint32 {
	if s.list == nil {
		s.list, s.blocks, s.next = map[uint32]Site{}, map[uint32]string{}, map[uint32]uint32{}
	}
	b := s.block(file)
	n := b<<16 | s.next[b]
	s.next[b]++
	s.list[n] = site
	return n
}

// block finds the block of a file. Of two whose hashes are the same, and of one
// with more sites than a block holds, the later goes on to another.
func (s *Sites) block(file string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(file)) // it never fails
	for b := h.Sum32() >> 16; ; b = (b + 1) & 0xffff {
		owner, taken := s.blocks[b]
		if b != 0 && (!taken || owner == file && s.next[b] <= 0xffff) {
			s.blocks[b] = file
			return b
		}
	}
}

// sitesText is the serialised form of sites, with everything that is needed later.
type sitesText struct {
	List  map[uint32]Site
	Calls map[string]map[int][]Call // by file and line
}

// MarshalJSON writes sites down.
func (s Sites) MarshalJSON() ([]byte, error) {
	text := sitesText{s.list, map[string]map[int][]Call{}}
	for at, calls := range s.calls {
		if text.Calls[at.file] == nil {
			text.Calls[at.file] = map[int][]Call{}
		}
		text.Calls[at.file][at.line] = calls
	}
	return json.Marshal(text)
}

// UnmarshalJSON reads sites, to which nothing can be added any more.
func (s *Sites) UnmarshalJSON(data []byte) error {
	var text sitesText
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	*s = Sites{list: text.List}
	for file, lines := range text.Calls {
		for line, calls := range lines {
			for _, c := range calls {
				s.name(place{file, line}, c)
			}
		}
	}
	return nil
}

// At returns the site with a number, or the zero site if there is none.
func (s *Sites) At(n uint32) Site { return s.list[n] }

// Output is a rewritten package.
type Output struct {
	Files map[string][]byte // by the path of the original
	Tests []string          // the tests that can be explored, in order
	Other []string          // fuzz tests and examples, which are not
}

// Objects is what the points and marks at a line access in a way: Reads, Writes,
// or any if that is empty.
func (s *Sites) Objects(file string, line int, does string) (all []string) {
	for _, site := range s.list {
		if site.File != file || line < site.Line || line > max(site.Line, site.Last) || does != "" && (site.Does == Reads || site.Does == Writes) && site.Does != does {
			continue
		}
		if site.Object != "" {
			all = append(all, site.Object)
		}
		all = append(all, site.Objects...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// names are what the rewriter calls its own things in a package. All of them begin
// with a word that the package has nowhere, whatever its author has thought of.
type names struct {
	prefix    string
	rt        string // package sched
	rtTest    string // package vtesting
	testsType string // whose methods are the tests
}

// namesFor chooses names that none of the files has.
func namesFor(files []File) names {
	prefix := "hk__"
	for n := 1; slices.ContainsFunc(files, func(f File) bool { return bytes.Contains(f.Source, []byte(prefix)) }); n++ {
		prefix = fmt.Sprintf("hk%d__", n)
	}
	return names{prefix: prefix, rt: prefix, rtTest: prefix + "testing", testsType: prefix + "tests"}
}

// Rewrite rewrites a package. module is the import path of the folder that holds
// the runtime's packages.
func Rewrite(p Package, sites *Sites, module string) (Output, error) {
	r := &rewriter{Package: p, names: namesFor(p.Files), sites: sites, module: module, out: Output{Files: map[string][]byte{}}}
	r.captured = captures(p)
	r.changed = changes(p, p.Files)
	r.prepared = prepared(p)
	r.bodies, r.mentioned = bodies(p), map[*ast.BlockStmt][]types.Object{}
	if p.Target {
		r.reached = reachesOf(p)
	}
	r.findTests()
	for i, f := range p.Files {
		if f.AST.Package == token.NoPos {
			return r.out, fmt.Errorf("%s has no package clause", f.Path)
		}
		fw := &file{rewriter: r, File: f, number: i, splicer: splicer{src: f.Source, pos: p.Fset.File(f.AST.Package)}}
		r.out.Files[f.Path] = fw.rewrite()
	}
	return r.out, nil
}

// rewriter is one package on its way.
type rewriter struct {
	Package
	names
	sites         *Sites
	module        string
	out           Output
	captured      map[types.Object]bool             // locals that closures share or whose address is taken
	changed       map[types.Object]bool             // package variables that are ever changed
	prepared      map[types.Object]bool             // package variables that TestMain sets
	bodies        map[types.Object]*ast.BlockStmt   // of its functions and methods
	mentioned     map[*ast.BlockStmt][]types.Object // in bodies, as far as they were looked at
	reached       reaches                           // of a target
	tests         map[types.Object]bool             // tests, which become methods
	testsDeclared bool                              // so is the type of those methods
}

// file is one file on its way.
type file struct {
	*rewriter
	File
	splicer
	number  int
	ids     int
	extra   map[string]string // further imports: name to path
	inits   int
	gotos   map[types.Object]bool // labels that goto statements name
	handled map[ast.Node]bool
	told    map[ast.Expr]string   // how the values of reads are told
	results map[types.Object]bool // names of functions' results

	declaresTests bool
}

func (f *file) rewrite() []byte {
	f.extra = map[string]string{f.rt: "sched"}
	f.handled, f.told = map[ast.Node]bool{}, map[ast.Expr]string{}
	f.gotos = f.gotoLabels()
	f.walk()
	tail := f.registrations()
	f.imports()
	header := f.header()
	text := strings.TrimPrefix(f.render(0, len(f.src)), byteOrderMark) + "\n" + tail
	return []byte(header + fmt.Sprintf("//line %s:1\n", f.Path) + text)
}

const byteOrderMark = "\ufeff" // which may only stand at a file's beginning

// header raises the file's language version to one with type inference, where
// it is older; loop variables keep their meaning. A file has one build
// constraint at most, so the one that is there joins it.
func (f *file) header() string {
	const needed = "go1.21"
	if compareLang(f.Lang, needed) >= 0 {
		return ""
	}
	constraint := needed
	for _, group := range f.AST.Comments {
		for _, c := range group.List {
			if c.Pos() < f.AST.Package && strings.HasPrefix(c.Text, "//go:build ") {
				constraint += " && (" + strings.TrimPrefix(c.Text, "//go:build ") + ")"
				f.replace(c.Pos(), c.End(), "//")
			}
		}
	}
	return "//go:build " + constraint + "\n\n"
}

// compareLang compares language versions such as go1.9 and go1.21.
func compareLang(a, b string) int { return minor(a) - minor(b) }

func minor(lang string) (n int) {
	if _, err := fmt.Sscanf(lang, "go1.%d", &n); err != nil {
		return 1000 // none stated: the newest
	}
	return n
}

// site numbers the position p.
func (f *file) site(p token.Pos, object string) uint32 { return f.add(p, Site{Object: object}) }

// maxObject bounds the text that names an object, in bytes.
const maxObject = 60

func (f *file) add(p token.Pos, s Site) uint32 {
	if len(s.Object) > maxObject || strings.Contains(s.Object, "\n") {
		s.Object = ""
	}
	at := f.pos.PositionFor(p, false)
	s.File, s.Line, s.Column = f.Path, at.Line, at.Column
	return f.sites.add(path.Join(f.Package.Path, filepath.Base(f.File.Path)), s)
}

// channelSite numbers the position of an operation on a channel.
func (f *file) channelSite(p token.Pos, ch ast.Expr) uint32 {
	s := Site{}
	s.Object, s.Owner, s.Field = f.owned(ch)
	return f.add(p, s)
}

// source is a node's text as its author wrote it.
func (f *file) source(n ast.Node) string { return string(f.src[f.offset(n.Pos()):f.offset(n.End())]) }

func (f *file) id() int { f.ids++; return f.ids }

// walk visits every node after its children.
func (f *file) walk() {
	var stack []ast.Node
	ast.Inspect(f.AST, func(n ast.Node) bool {
		if n != nil {
			f.markComm(n)
			f.markValues(n, last(stack))
			stack = append(stack, n)
			return true
		}
		n = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		f.node(n, last(stack))
		return true
	})
}

// last is the last of some nodes, or nil.
func last(nodes []ast.Node) ast.Node {
	if len(nodes) == 0 {
		return nil
	}
	return nodes[len(nodes)-1]
}

// node rewrites one node whose children are rewritten.
func (f *file) node(n, parent ast.Node) {
	switch x := n.(type) {
	case *ast.Ident:
		f.ident(x, parent)
	case *ast.SelectorExpr:
		f.selector(x)
	case *ast.CallExpr:
		f.call(x, parent)
	case *ast.ExprStmt:
		f.exprStmt(x, parent)
	case *ast.GoStmt:
		f.goStmt(x)
	case *ast.SendStmt:
		f.send(x)
	case *ast.UnaryExpr:
		f.receive(x, parent)
	case *ast.SelectStmt:
		f.selectStmt(x, parent)
	case *ast.RangeStmt:
		f.rangeStmt(x, parent)
	case *ast.ForStmt:
		f.forStmt(x)
	case *ast.IncDecStmt:
		f.incDec(x, parent)
	case *ast.AssignStmt:
		f.assign(x, parent)
	case *ast.FuncDecl:
		f.funcDecl(x)
		f.sayUnseen(x, x.Body)
	case *ast.FuncLit:
		f.sayUnseen(x, x.Body)
	}
	f.markAccess(n, parent)
	if e, ok := n.(ast.Expr); ok {
		f.tell(e)
	}
}

// inList reports whether statements may be put in front of one with this parent.
func inList(parent ast.Node) bool {
	switch parent.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// point puts a point in front of a statement.
func (f *file) point(x ast.Stmt, parent ast.Node, s Site) {
	if inList(parent) {
		f.before(x.Pos(), fmt.Sprintf("%s.P(%d); ", f.rt, f.add(x.Pos(), s)))
	}
}

func unparen(e ast.Expr) ast.Expr { return ast.Unparen(e) }
