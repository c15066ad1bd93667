package submission

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// Check holds a fix against the policy: one parse a file, nothing is run. A
// file that does not parse is not left to the compiler, whose parser is
// another one: what only one of the two understands would be a way around the
// rules. Its findings say evidence.Build, and come after those of the rules.
//
// Which names are imported packages, and which Go's own, is decided by scopes
// alone, as go/parser does it. It calls that deprecated, because selectors and
// the keys of composite literals need types; neither is asked for here. Types
// would cost more than time: go/types computes constants, and a source of 500
// bytes makes it allocate gigabytes, in this process.
func Check(e kata.Exercise, s Submission) []evidence.Finding { return check(e, s, Rules) }

// Runnable reports whether a fix that the policy refuses may be built and run anyway, for no
// points: it parses, and breaks only rules that allow it.
func Runnable(e kata.Exercise, s Submission) bool {
	strict := slices.DeleteFunc(slices.Clone(Rules), func(r Rule) bool { return r.Runnable })
	return check(e, s, strict) == nil
}

func check(e kata.Exercise, s Submission, rules []Rule) []evidence.Finding {
	var refused, broken []evidence.Finding
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		p := pass{exercise: e, name: name, source: s.Files[name], set: token.NewFileSet()}
		file, err := parser.ParseFile(p.set, name, p.source, parser.ParseComments)
		if err != nil {
			broken = append(broken, p.broken(err)...)
			continue
		}
		refused = append(refused, p.hold(file, rules)...)
	}
	return append(refused, broken...)
}

// pass is one file under the rules.
type pass struct {
	exercise kata.Exercise
	name     string
	source   []byte
	set      *token.FileSet
	file     *ast.File
	imports  map[string]string          // import paths, by the names that they have here
	free     map[*ast.Ident]bool        // names that this file does not declare: packages and Go's own
	changed  map[*ast.SelectorExpr]bool // what assign has refused, and alias need not
	bools    map[string]bool            // what isBoolField has said of names
	rule     Rule                       // the one that looks
	found    []evidence.Finding
}

// hold runs those of the rules that the exercise has.
func (p *pass) hold(file *ast.File, rules []Rule) []evidence.Finding {
	p.file, p.imports, p.free = file, map[string]string{}, map[*ast.Ident]bool{}
	p.changed, p.bools = map[*ast.SelectorExpr]bool{}, map[string]bool{}
	for _, spec := range file.Imports {
		p.imports[localName(spec)] = importPath(spec)
	}
	for _, id := range file.Unresolved {
		p.free[id] = true
	}
	for _, r := range rules {
		if r.look != nil && !slices.Contains(p.exercise.Policy.Allow, r.Name) {
			p.rule = r
			r.look(p)
		}
	}
	return p.found
}

// localName is what an imported package is called in the file. Without a name
// in the import it is the last part of the path that is not a version.
func localName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	name := importPath(spec)
	if base := path.Base(name); len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		name = path.Dir(name)
	}
	name, _, _ = strings.Cut(path.Base(name), ".") // gopkg.in/name.v3
	return name
}

// importPath is the path without its quotes; the parser has looked at those.
func importPath(spec *ast.ImportSpec) string {
	name, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value
	}
	return name
}

// qualified returns what x names if that is another package's: by its full
// path, "hash/crc32.IEEETable", and as the file spells it.
func (p *pass) qualified(x *ast.SelectorExpr) (full, spelled string, ok bool) {
	id, ok := x.X.(*ast.Ident)
	if !ok || !p.free[id] {
		return "", "", false
	}
	name, ok := p.imports[id.Name]
	return name + "." + x.Sel.Name, id.Name + "." + x.Sel.Name, ok
}

// builtin reports whether x is Go's own function of that name.
func (p *pass) builtin(x ast.Expr, names ...string) (string, bool) {
	id, ok := ast.Unparen(x).(*ast.Ident)
	if !ok || !p.free[id] || !slices.Contains(names, id.Name) {
		return "", false
	}
	return id.Name, true
}

// refuse records where the rule is broken, and by what.
func (p *pass) refuse(pos token.Pos, what string) {
	p.refuseFor(pos, what, p.rule.Why, p.rule.Instead)
}

// refuseFor gives a reason and advice that are closer to the case than the rule's own.
func (p *pass) refuseFor(pos token.Pos, what, why, instead string) {
	p.found = append(p.found, refusal(p.exercise, p.rule, what, why, instead, p.place(p.set.PositionFor(pos, false).Offset)))
}

// refusal is what is said of a broken rule: what was found, why it is refused,
// and what to do instead.
func refusal(e kata.Exercise, r Rule, what, why, instead string, at evidence.Place) evidence.Finding {
	return evidence.Finding{
		Verdict: evidence.Policy,
		Summary: fmt.Sprintf("a fix may not %s (rule %s)", what, r.Name),
		Meaning: why,
		Advice:  instead,
		Places:  []evidence.Place{at},
		Replay:  "go run ./grader run " + e.ID,
	}
}

// broken says what the parser has against the file, in the compiler's words.
func (p *pass) broken(err error) (found []evidence.Finding) {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		list = scanner.ErrorList{{Msg: err.Error()}}
	}
	for _, e := range list {
		found = append(found, evidence.Finding{
			Verdict: evidence.Build,
			Summary: "it does not compile: " + clip(e.Msg),
			Places:  []evidence.Place{p.place(e.Pos.Offset)},
			Replay:  fmt.Sprintf("go test -run '^$' ./%s", p.exercise.Dir),
		})
	}
	return found
}

// place is the line that holds a byte. It counts lines itself: positions of
// go/token believe what a //line directive says.
func (p *pass) place(offset int) evidence.Place {
	before, after := p.source[:offset], p.source[offset:]
	begin := bytes.LastIndexByte(before, '\n') + 1
	end := bytes.IndexByte(after, '\n')
	if end < 0 {
		end = len(after)
	}
	return evidence.Place{
		File: path.Join(p.exercise.Dir, p.name),
		Line: bytes.Count(before, []byte("\n")) + 1,
		Code: clip(strings.TrimSpace(string(p.source[begin : offset+end]))),
		Role: "here",
	}
}

// clip keeps a learner's text to a length that a report can show.
func clip(text string) string {
	const longest = 160
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "…"
}
