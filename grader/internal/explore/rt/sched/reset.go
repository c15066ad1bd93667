package sched

import (
	"reflect"
	"slices"
)

// Each schedule begins with package variables as a fresh process has them: the
// instrumented files register their initialisers, and reset runs them again in
// the bubble, so that channels and locks are of the bubble and nothing is left
// of the schedule before. What the chosen test cannot reach is left as it is.

// initialiser sets variables of a package to what they are at first. An init function
// is one too.
type initialiser struct {
	order int
	run   func()
	vars  []any // pointers to the variables it sets, or an init function uses
	tried bool
	off   bool     // it cannot run twice
	some  bool     // only some tests can reach what it sets:
	tests []string // these

	effects bool     // the functions that it calls may change other variables, too:
	changes []any    // pointers to these, if they are of its package
	seenBy  []string // the tests that can reach these; if nil, all can
}

type initialised struct {
	path   string
	list   []*initialiser // in order
	chosen []*initialiser // of these, those that the chosen test needs
}

var (
	packages []*initialised // in the order of their dependence
	madeFor  *string        // the test for which initialised.chosen is, or nil
)

// OnReset registers an initialiser of a package, by its order among them. It is called
// from init functions, which run in the order of the packages' dependence.
func OnReset(path string, order int, run func(), vars ...any) *initialiser {
	at := slices.IndexFunc(packages, func(p *initialised) bool { return p.path == path })
	if at < 0 {
		at = len(packages)
		packages = append(packages, &initialised{path: path})
	}
	p, in := packages[at], &initialiser{order: order, run: run, vars: vars}
	next, _ := slices.BinarySearchFunc(p.list, order+1, func(in *initialiser, order int) int { return in.order - order })
	p.list = slices.Insert(p.list, next, in)
	return in
}

// For says that only these tests can reach what the initialiser sets.
func (in *initialiser) For(tests ...string) *initialiser {
	in.some, in.tests = true, tests
	return in
}

// Changes says that the functions which the initialiser calls may change other variables,
// too, and which tests can reach those; if it names none, all can.
func (in *initialiser) Changes(seenBy []string, vars ...any) {
	in.effects, in.seenBy, in.changes = true, seenBy, vars
}

// own reports whether a test can reach what the initialiser sets.
func (in *initialiser) own(test string) bool { return !in.some || slices.Contains(in.tests, test) }

// needed reports whether a test can reach anything that the initialiser changes.
func (in *initialiser) needed(test string) bool {
	return in.own(test) || in.effects && (in.seenBy == nil || slices.Contains(in.seenBy, test))
}

// choose decides which initialisers reset runs: those that a test needs.
func choose(test string) {
	if madeFor != nil && *madeFor == test {
		return
	}
	madeFor = &test
	for _, p := range packages {
		p.chosen = slices.DeleteFunc(slices.Clone(p.list), func(in *initialiser) bool { return !in.needed(test) })
	}
}

// renew makes anew, before each schedule, what no package variable of the tests holds.
var renew = func() {}

// Renew registers it.
func Renew(f func()) { renew = f }

// reset runs the initialisers of a test.
func reset(test string) {
	choose(test)
	for _, p := range packages {
		if slices.ContainsFunc(p.chosen, func(in *initialiser) bool { return !in.tried }) {
			p.try(test)
		} else {
			p.run()
		}
	}
}

func (p *initialised) run() {
	for _, in := range p.chosen {
		if !in.off {
			in.run()
		}
	}
}

// try runs initialisers for the second time in the process. One that panics, since
// it registers something for good, stays off, and so do those of the variables that it
// has to do with, which are put back to what the first time has made of them. What would
// run only since it changes such a variable is left out.
func (p *initialised) try(test string) {
	first := map[any]reflect.Value{}
	for _, in := range p.chosen {
		for _, v := range in.vars {
			was := reflect.New(reflect.TypeOf(v).Elem()).Elem()
			was.Set(reflect.ValueOf(v).Elem())
			first[v] = was
		}
	}
	kept := map[any]bool{}
	isKept := func(v any) bool { return kept[v] }
	p.chosen = slices.DeleteFunc(p.chosen, func(in *initialiser) bool {
		if !in.own(test) && slices.ContainsFunc(in.changes, isKept) {
			return true
		}
		if !in.runs() {
			for _, v := range in.vars {
				kept[v] = true
			}
		}
		return false
	})
	for _, in := range p.chosen {
		in.off = in.off || slices.ContainsFunc(in.vars, isKept)
	}
	for v := range kept {
		reflect.ValueOf(v).Elem().Set(first[v])
	}
}

// runs reports whether the initialiser can run again.
func (in *initialiser) runs() bool {
	in.tried = true
	if in.off {
		return false
	}
	defer func() {
		if recover() != nil {
			in.off = true
		}
	}()
	in.run()
	return !in.off
}
