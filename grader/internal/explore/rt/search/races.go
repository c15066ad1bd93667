package search

// races finds, in one trace, the pairs of steps whose order shows and could be another.
type races struct {
	*Reduced
	number  map[uint64]int // of each goroutine
	last    []int          // its last step, or -1
	clocks  [][]int        // of each step: how much of each goroutine happened before it
	touched map[uintptr][]touch
	all     []int // steps that touch everything
}

type touch struct {
	step int
	kind Kind
}

func (r *races) plan() {
	r.number, r.touched = map[uint64]int{}, map[uintptr][]touch{}
	for _, s := range r.trace {
		if _, ok := r.number[s.Name]; !ok {
			r.number[s.Name] = len(r.number)
			r.last = append(r.last, -1)
		}
	}
	for j := range r.trace {
		r.step(j)
	}
}

// before reports whether step i happened before what has the clock.
func (r *races) before(i int, clock []int) bool { return clock[r.of(i)] > i }

func (r *races) of(i int) int { return r.number[r.trace[i].Name] }

func join(clock, other []int) {
	for g, n := range other {
		clock[g] = max(clock[g], n)
	}
}

// step orders a step after those that it depends on, and plans the other way round
// where nothing else has ordered them.
func (r *races) step(j int) {
	now := r.trace[j]
	base := make([]int, len(r.number))
	if p := r.last[r.of(j)]; p >= 0 {
		join(base, r.clocks[p])
	}
	if at := r.woken(j); at >= 0 {
		r.earlier(at, j, base)
	}
	if now.after >= 0 {
		join(base, r.clocks[now.after])
	}
	if now.all {
		for g, p := range r.last {
			base[g] = p + 1
		}
	}
	deps := r.depends(j)
	for _, d := range deps {
		if !r.before(d.step, base) && d.reversible && !r.between(d.step, deps) {
			r.reverse(d.step, j, base, deps)
		}
	}
	clock := append([]int(nil), base...)
	for _, d := range deps {
		join(clock, r.clocks[d.step])
	}
	clock[r.of(j)] = j + 1
	r.clocks = append(r.clocks, clock)
	r.last[r.of(j)] = j
	r.note(j)
}

// woken is where time passed that let a step go on: at a slip, or just before the step. It is -1
// if none did.
func (r *races) woken(j int) int {
	switch now := r.trace[j]; {
	case now.Name == slip:
		return -1
	case now.after >= 0 && r.trace[now.after].Name == slip:
		return now.after
	case now.all:
		return j
	}
	return -1
}

// earlier plans that time passes before the last step of each other goroutine, unless that step
// happened before the wait for it began, which the clock says: the goroutine may be slow. Where
// time may pass it is a branch, so it is enough that what waits for it begins to wait.
func (r *races) earlier(at, j int, began []int) {
	seen := map[int]bool{r.of(j): true}
	for i := at - 1; i >= 0 && len(seen) < len(r.number); i-- {
		g := r.of(i)
		if seen[g] || r.trace[i].Name == slip {
			continue
		}
		seen[g] = true
		if !r.before(i, began) {
			r.reverse(i, at, began, nil)
		}
	}
}

type dependence struct {
	step       int
	reversible bool
}

// depends lists the earlier steps of other goroutines that a step depends on.
func (r *races) depends(j int) (deps []dependence) {
	now := r.trace[j]
	add := func(i int, reversible bool) {
		if r.trace[i].Name != now.Name {
			deps = append(deps, dependence{i, reversible})
		}
	}
	if now.Kind == All {
		for i := range j {
			add(i, true)
		}
		return deps
	}
	for _, i := range r.all {
		add(i, true)
	}
	held := r.held(now)
	now.each(func(obj uintptr, kind Kind) {
		for _, t := range r.touched[obj] {
			if depend(t.kind, kind) {
				add(t.step, reversible(t.kind, kind) && (obj == now.Obj || !within(held, t.step)))
			}
		}
	})
	return deps
}

// section is while a lock was held: after the first step, up to the last.
type section struct{ from, to int }

func within(list []section, step int) bool {
	for _, s := range list {
		if s.from < step && step <= s.to {
			return true
		}
	}
	return false
}

// held lists while the lock that a step takes was held by others. It cannot come before
// one of their steps, whatever else the two touch, but only before they take the lock.
func (r *races) held(now step) (list []section) {
	if now.Kind != Lock && now.Kind != RLock {
		return nil
	}
	from := -1
	for _, t := range r.touched[now.Obj] {
		switch {
		case t.kind == Unlock || t.kind == RUnlock && now.Kind == Lock:
			list, from = append(list, section{from, t.step}), -1
		case from < 0 && (t.kind == Lock || t.kind == Write || t.kind == RLock && now.Kind == Lock):
			from = t.step
		}
	}
	return list
}

func (r *races) note(j int) {
	if r.trace[j].Kind == All {
		r.all = append(r.all, j)
		return
	}
	r.trace[j].each(func(obj uintptr, kind Kind) {
		if kind != Free {
			r.touched[obj] = append(r.touched[obj], touch{j, kind})
		}
	})
}

// between reports whether another step that j depends on comes after i and before j. An
// unlock does not count: without the lock before it it would not be there.
func (r *races) between(i int, deps []dependence) bool {
	for _, d := range deps {
		if d.step > i && d.reversible && r.before(i, r.clocks[d.step]) {
			return true
		}
	}
	return false
}

// reverse plans, at the branch of step i, a goroutine that leads to j before i.
func (r *races) reverse(i, j int, base []int, deps []dependence) {
	if r.trace[i].branch < 0 {
		return // no other goroutine could go on
	}
	b := r.path[r.trace[i].branch]
	clock := append([]int(nil), base...)
	for _, d := range deps {
		if d.step > i && !r.before(i, r.clocks[d.step]) {
			join(clock, r.clocks[d.step])
		}
	}
	first := make([]int, len(r.number)) // each goroutine's first step that does not need i
	var order []int
	for k := i + 1; k <= j; k++ {
		if g := r.of(k); first[g] == 0 && (k == j || !r.before(i, r.clocks[k])) {
			first[g] = k
			order = append(order, g)
		}
	}
	var initials []uint64
	for _, g := range order {
		at := clock
		if first[g] != j {
			at = r.clocks[first[g]]
		}
		if !r.needs(g, first, at) {
			initials = append(initials, r.trace[first[g]].Name)
		}
	}
	b.plan(initials, r.trace[j].Name)
}

// needs reports whether a goroutine's first step comes after another one's.
func (r *races) needs(g int, first, clock []int) bool {
	for other, k := range first {
		if other != g && k > 0 && k < first[g] && clock[other] > k {
			return true
		}
	}
	return false
}

// plan adds one of the goroutines, unless one of them is done or planned. If none of
// them could go on there, all are tried.
func (b *branch) plan(initials []uint64, best uint64) {
	chosen := uint64(0)
	for _, name := range initials {
		if _, asleep := b.sleep[name]; asleep || b.todo[name] {
			return
		}
		if _, ok := b.events[name]; ok && (chosen == 0 || name == best) {
			chosen = name
		}
	}
	if chosen != 0 {
		b.todo[chosen] = true
		return
	}
	for _, name := range b.order {
		b.todo[name] = true
	}
}
