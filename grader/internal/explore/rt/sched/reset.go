package sched

// Each schedule begins with package variables as a fresh process has them: the
// instrumented files register their initialisers, and reset runs them again in
// the bubble, so that channels and locks are of the bubble and nothing is left
// of the schedule before.

type initialiser struct {
	run func()
	off bool // it can not run twice
}

var (
	packageOrder []string
	initialisers = map[string][]initialiser{}
	tried        bool
)

// OnReset registers initialiser number i of a package; it is called from init
// functions, which run in the order of the packages' dependence.
func OnReset(pkg string, i int, run func()) {
	list, known := initialisers[pkg]
	if !known {
		packageOrder = append(packageOrder, pkg)
	}
	for len(list) <= i {
		list = append(list, initialiser{})
	}
	list[i].run = run
	initialisers[pkg] = list
}

// reset runs all initialisers. One that panics when it runs a second time, since
// it registers something for good, is not run again.
func reset() {
	for _, pkg := range packageOrder {
		list := initialisers[pkg]
		for i := range list {
			if list[i].run != nil && !list[i].off {
				list[i].try()
			}
		}
	}
	tried = true
}

func (in *initialiser) try() {
	if !tried {
		defer func() {
			if recover() != nil {
				in.off = true
			}
		}()
	}
	in.run()
}
