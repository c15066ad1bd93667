package instrument

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// reaches tells which tests can reach a package's variables.
type reaches struct {
	always map[types.Object]bool            // other packages or every test can
	tests  map[string]map[types.Object]bool // by the test's name, what it can reach beside
}

// reachesOf follows the names that functions and initialisers mention. A method may be
// called without its name, and what is exported by another package, so all of them count
// as reached. Benchmarks, fuzz tests and examples never run.
func reachesOf(p Package) reaches {
	m := mentions{Package: p, of: map[types.Object][]types.Object{}}
	for _, in := range p.Info.InitOrder {
		for _, v := range in.Lhs {
			m.of[v] = m.in(in.Rhs)
		}
	}
	var always []types.Object
	r := reaches{tests: map[string]map[types.Object]bool{}}
	for _, fn := range functions(p) {
		o, names := p.Info.Defs[fn.Name], m.in(fn)
		m.of[o] = names
		switch {
		case isTest(fn):
			r.tests[fn.Name.Name] = map[types.Object]bool{}
		case isOther(fn) || runs(fn, "Benchmark", 1):
		case fn.Recv != nil || fn.Name.Name == "init" || fn.Name.Name == "TestMain" || fn.Name.IsExported():
			always = append(always, names...)
		}
	}
	for _, name := range p.Types.Scope().Names() {
		if v, isVar := p.Types.Scope().Lookup(name).(*types.Var); isVar && v.Exported() {
			always = append(always, v)
		}
	}
	r.always = m.from(always)
	for name := range r.tests {
		r.tests[name] = m.from([]types.Object{p.Types.Scope().Lookup(name)})
	}
	return r
}

// mentions are the names of a package's functions and variables that these mention.
type mentions struct {
	Package
	of map[types.Object][]types.Object
}

func (m mentions) in(n ast.Node) (all []types.Object) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if o := m.Info.Uses[id]; o != nil && o.Parent() == m.Types.Scope() {
				all = append(all, o)
			}
		}
		return true
	})
	return all
}

// from are names and all that is mentioned by them, by what they mention, and so on.
func (m mentions) from(names []types.Object) map[types.Object]bool {
	reached := map[types.Object]bool{}
	for len(names) > 0 {
		last := names[len(names)-1]
		names = names[:len(names)-1]
		if !reached[last] {
			reached[last] = true
			names = append(names, m.of[last]...)
		}
	}
	return reached
}

// limit says for which tests something is made anew, if not for all: calls to put behind
// sched.OnReset.
func (f *file) limit(r reset) string {
	if !f.Target {
		return ""
	}
	own, all := f.reachedBy(r.vars)
	if all {
		return ""
	}
	text := ".For(" + strings.Join(own, ", ") + ")"
	if !r.wide && len(r.also) == 0 {
		return text
	}
	seenBy := "nil"
	if tests, all := f.reachedBy(r.also); !all && !r.wide {
		seenBy = "[]string{" + strings.Join(tests, ", ") + "}"
	}
	return text + ".Changes(" + seenBy + pointers(r.also) + ")"
}

// reachedBy are the tests that reach one of the package's variables, quoted, if not all do.
func (f *file) reachedBy(names []string) (tests []string, all bool) {
	for _, name := range names {
		v := f.Types.Scope().Lookup(name)
		if f.reached.always[v] {
			return nil, true
		}
		for test, reached := range f.reached.tests {
			if reached[v] {
				tests = append(tests, fmt.Sprintf("%q", test))
			}
		}
	}
	slices.Sort(tests)
	return slices.Compact(tests), false
}
