package sched

import (
	"reflect"
	"slices"
)

// Each schedule begins with package variables as a fresh process has them: the
// instrumented files register their initialisers, and reset runs them again in
// the bubble, so that channels and locks are of the bubble and nothing is left
// of the schedule before.

// initialiser sets variables of a package to what they are at first. An init function
// is one too.
type initialiser struct {
	order int
	run   func()
	vars  []any // pointers to the variables it sets, or an init function uses
	off   bool  // it cannot run twice
}

type initialised struct {
	path string
	list []initialiser // in order
}

var (
	packages []*initialised // in the order of their dependence
	tried    bool
)

// OnReset registers an initialiser of a package, by its order among them. It is called
// from init functions, which run in the order of the packages' dependence.
func OnReset(path string, order int, run func(), vars ...any) {
	at := slices.IndexFunc(packages, func(p *initialised) bool { return p.path == path })
	if at < 0 {
		at = len(packages)
		packages = append(packages, &initialised{path: path})
	}
	p := packages[at]
	next, _ := slices.BinarySearchFunc(p.list, order+1, func(in initialiser, order int) int { return in.order - order })
	p.list = slices.Insert(p.list, next, initialiser{order: order, run: run, vars: vars})
}

// reset runs all initialisers.
func reset() {
	for _, p := range packages {
		if tried {
			p.run()
		} else {
			p.try()
		}
	}
	tried = true
}

func (p *initialised) run() {
	for i := range p.list {
		if in := &p.list[i]; !in.off {
			in.run()
		}
	}
}

// try runs the initialisers for the second time in the process. One that panics, since
// it registers something for good, stays off, and so do those of the variables that it
// has to do with, which are put back to what the first time has made of them.
func (p *initialised) try() {
	first := map[any]reflect.Value{}
	for _, in := range p.list {
		for _, v := range in.vars {
			was := reflect.New(reflect.TypeOf(v).Elem()).Elem()
			was.Set(reflect.ValueOf(v).Elem())
			first[v] = was
		}
	}
	kept := map[any]bool{}
	for i := range p.list {
		if in := &p.list[i]; !in.runs() {
			for _, v := range in.vars {
				kept[v] = true
			}
		}
	}
	for i := range p.list {
		in := &p.list[i]
		in.off = in.off || slices.ContainsFunc(in.vars, func(v any) bool { return kept[v] })
	}
	for v := range kept {
		reflect.ValueOf(v).Elem().Set(first[v])
	}
}

// runs tells whether the initialiser can run again.
func (in *initialiser) runs() bool {
	defer func() {
		if recover() != nil {
			in.off = true
		}
	}()
	in.run()
	return !in.off
}
