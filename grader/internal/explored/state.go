package explored

import "slices"

// What holds and what waits at each moment is nowhere recorded, only the steps are. This
// file derives it.

// State is what is known at one moment of a schedule: after one step, before the next.
type State struct {
	Goroutines []Standing // those that have been started, by number
	Locks      []Lock     // those that were taken so far, in that order
	Channels   []Channel  // those that were used so far, in that order
}

// Doing is what a goroutine does at one moment.
type Doing int

// The ways: it can go on; it waits, as Standing.For says; it takes no further step in
// this schedule.
const (
	Ready Doing = iota
	Waits
	Done
)

// Standing is one goroutine at one moment.
type Standing struct {
	Goroutine int
	Doing     Doing
	For       Waiting // if it waits: for what, where, and which goroutine holds it
}

// Lock is a lock at one moment.
type Lock struct {
	Object string
	Holds  []Hold // empty: it is free
}

// Hold is a goroutine that holds a lock.
type Hold struct {
	Goroutine int
	Reading   bool // for reading
	Step      int  // by which it took it, from 0 on
}

// Of returns how a goroutine stands; false if it has not been started.
func (s State) Of(goroutine int) (Standing, bool) {
	i := slices.IndexFunc(s.Goroutines, func(g Standing) bool { return g.Goroutine == goroutine })
	if i < 0 {
		return Standing{}, false
	}
	return s.Goroutines[i], true
}

// Waiters are the goroutines that wait for an object.
func (s State) Waiters(object string) (goroutines []int) {
	for _, g := range s.Goroutines {
		if g.Doing == Waits && g.For.Object == object {
			goroutines = append(goroutines, g.Goroutine)
		}
	}
	return goroutines
}

// States derives what is known after each step of a finding. What the steps do not tell,
// such as whether a TryLock succeeded that is never undone, is left out.
func States(t Test) []State {
	d := deriver{trace: t.Trace, waiting: t.Waiting, next: following(t.Trace), last: map[int]int{}, woken: map[int]bool{}, locked: map[string]bool{}, channels: map[string]*channel{}}
	for _, s := range t.Trace {
		d.locked[s.Object] = d.locked[s.Object] || s.Operation == "lock" || s.Operation == "rlock"
	}
	states := make([]State, len(t.Trace))
	for i := range t.Trace {
		d.step(i)
		states[i] = d.state()
	}
	return states
}

// deriver goes through a trace step by step.
type deriver struct {
	trace   []Step
	waiting []Waiting
	next    []int        // of each step, the next one of the same goroutine, or 0
	last    map[int]int  // of each goroutine that has been started, its last step, or -1
	woken   map[int]bool // since its last step
	locks   []Lock
	locked  map[string]bool // the objects that are locked at some time

	channels map[string]*channel
	order    []string // of channels, as they appeared
}

func following(trace []Step) []int {
	next, of := make([]int, len(trace)), map[int]int{}
	for i := len(trace) - 1; i >= 0; i-- {
		next[i] = of[trace[i].Goroutine]
		of[trace[i].Goroutine] = i
	}
	return next
}

func (d *deriver) step(i int) {
	s := d.trace[i]
	if s.Starts > 0 {
		if _, ok := d.last[s.Starts]; !ok {
			d.last[s.Starts] = -1
		}
	}
	for _, g := range s.Wakes {
		d.woken[g] = true
	}
	d.channelOps(i)
	if s.Goroutine < 0 {
		return
	}
	d.last[s.Goroutine], d.woken[s.Goroutine] = i, false
	if s.Object != "" {
		d.use(i, s)
	}
}

// use keeps account of a step that takes or releases a lock.
func (d *deriver) use(i int, s Step) {
	switch s.Operation {
	case "lock", "rlock":
		if !d.queues(i) {
			d.take(s.Object, Hold{s.Goroutine, s.Operation == "rlock", i})
		}
	case "trylock":
		if taken, reading := d.succeeds(i); taken {
			d.take(s.Object, Hold{s.Goroutine, reading, i})
		}
	case "unlock", "runlock":
		d.release(s.Object, s.Goroutine, s.Operation == "runlock")
	}
}

// queues reports whether a step on an RWMutex only gets in line. The step that is admitted
// follows, or the trace ends before.
func (d *deriver) queues(i int) bool {
	s := d.trace[i]
	if n := d.next[i]; n > 0 {
		then := d.trace[n]
		return then.Waited && then.Operation == s.Operation && then.Object == s.Object && then.Line == s.Line && then.File == s.File
	}
	return slices.ContainsFunc(d.waiting, func(w Waiting) bool {
		return w.Goroutine == s.Goroutine && w.Operation == s.Operation && w.Object == s.Object && w.Line == s.Line && w.HeldBy >= 0 && w.HeldBy != s.Goroutine
	})
}

// succeeds reports whether a TryLock takes its lock, and how: if its goroutine releases the
// lock before it takes or tries it again.
func (d *deriver) succeeds(i int) (taken, reading bool) {
	for n := d.next[i]; n > 0; n = d.next[n] {
		if d.trace[n].Object != d.trace[i].Object {
			continue
		}
		switch d.trace[n].Operation {
		case "unlock", "runlock":
			return true, d.trace[n].Operation == "runlock"
		case "lock", "rlock", "trylock":
			return false, false
		}
	}
	return false, false
}

func (d *deriver) lock(object string) *Lock {
	for i := range d.locks {
		if d.locks[i].Object == object {
			return &d.locks[i]
		}
	}
	d.locks = append(d.locks, Lock{Object: object})
	return &d.locks[len(d.locks)-1]
}

func (d *deriver) take(object string, h Hold) {
	l := d.lock(object)
	if !h.Reading {
		l.Holds = nil
	}
	l.Holds = append(slices.Clone(l.Holds), h)
}

// release ends a goroutine's hold, or, since any goroutine may unlock, another's.
func (d *deriver) release(object string, goroutine int, reading bool) {
	l := d.lock(object)
	at := slices.IndexFunc(l.Holds, func(h Hold) bool { return h.Goroutine == goroutine && h.Reading == reading })
	if at < 0 {
		at = slices.IndexFunc(l.Holds, func(h Hold) bool { return h.Reading == reading })
	}
	if at >= 0 {
		l.Holds = slices.Delete(slices.Clone(l.Holds), at, at+1)
	}
}

func (d *deriver) state() State {
	s := State{Locks: slices.Clone(d.locks), Channels: d.channelsNow()}
	for g, last := range d.last {
		s.Goroutines = append(s.Goroutines, d.standing(g, last))
	}
	slices.SortFunc(s.Goroutines, func(a, b Standing) int { return a.Goroutine - b.Goroutine })
	return s
}

// standing is how a goroutine stands after its last step so far.
func (d *deriver) standing(g, last int) Standing {
	if last < 0 {
		return Standing{Goroutine: g}
	}
	wait, waited, ok := d.ahead(g, last)
	if !ok {
		return Standing{Goroutine: g, Doing: Done}
	}
	if n := d.next[last]; n > 0 && !d.trace[n].Waited && d.queues(n) {
		return Standing{Goroutine: g} // it can get in line, even if the lock is held
	}
	if by, lock := d.blocks(wait, d.queues(last)); lock {
		wait.HeldBy = by
		waited = by >= 0
	} else {
		waited = waited && !d.woken[g]
	}
	if !waited {
		return Standing{Goroutine: g}
	}
	return Standing{g, Waits, wait}
}

// ahead is what a goroutine is about to do after a step, and whether it waits for that as
// far as the recorder knows; false if it does nothing more.
func (d *deriver) ahead(g, last int) (w Waiting, waits, ok bool) {
	n := d.next[last]
	if n == 0 {
		i := slices.IndexFunc(d.waiting, func(w Waiting) bool { return w.Goroutine == g })
		if i < 0 {
			return w, false, false
		}
		return d.waiting[i], true, true
	}
	s, before := d.trace[n], d.trace[last]
	w = Waiting{Goroutine: g, Operation: s.Operation, Object: s.Object, File: s.File, Line: s.Line, Source: s.Source, HeldBy: -1}
	if s.Operation == "resume" && before.File == s.File && before.Line == s.Line {
		w.Operation = before.Operation // what it goes on from
		w.Object = fallback(s.Object, before.Object)
	}
	return w, s.Waited, true
}

// blocks is the goroutine that holds what is waited for, or -1 if that is free. lock is
// false if the steps do not tell: it is no lock, or one that was never seen taken. Readers
// hold up only a writer that is in line, and that one holds up the next.
func (d *deriver) blocks(w Waiting, inLine bool) (holder int, lock bool) {
	if w.Operation != "lock" && w.Operation != "rlock" {
		return -1, false
	}
	i := slices.IndexFunc(d.locks, func(l Lock) bool { return l.Object == w.Object })
	if i < 0 || w.Object == "" {
		return -1, w.Object != "" && d.locked[w.Object]
	}
	if writer, ok := d.inLine(w.Object); ok && w.Operation == "lock" && writer != w.Goroutine {
		return writer, true
	}
	for _, h := range d.locks[i].Holds {
		if !h.Reading || w.Operation == "lock" && inLine {
			return h.Goroutine, true
		}
	}
	return -1, len(d.locks[i].Holds) == 0 || !inLine // a reader behind a writer in line: the recorder knows
}

// inLine is the writer that waits for the readers of an RWMutex.
func (d *deriver) inLine(object string) (goroutine int, ok bool) {
	for g, last := range d.last {
		if last >= 0 && d.trace[last].Operation == "lock" && d.trace[last].Object == object && d.queues(last) {
			return g, true
		}
	}
	return -1, false
}
