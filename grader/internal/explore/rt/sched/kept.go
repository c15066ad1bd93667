package sched

import "unsafe"

// kept is what drop-in types know of their values beyond what the real ones hold, for
// one schedule. It stands beside them and not in them, so that they have the real
// types' size and look: code cannot tell one from the other. A hash table by address
// of its own, since the race detector would see a Go map.
type kept struct {
	places []keeping
	n      int
}

type keeping struct {
	at   unsafe.Pointer
	what any
}

// Kept is what the current schedule keeps for the value at p, or nil.
//
//go:norace
func Kept(p unsafe.Pointer) any {
	c := at()
	if c == nil || c.kept.n == 0 {
		return nil
	}
	return c.kept.places[c.kept.find(p)].what
}

// Keep keeps what for the value at p until the schedule ends, or until it is nil.
//
//go:norace
func Keep(p unsafe.Pointer, what any) {
	c := at()
	if c == nil {
		return
	}
	k := &c.kept
	if what == nil {
		k.drop(p)
		return
	}
	if 2*k.n >= len(k.places) {
		k.grow()
	}
	i := k.find(p)
	if k.places[i].at == nil {
		k.n++
	}
	k.places[i] = keeping{p, what}
}

// find returns the place of p, or the free one where it would be.
//
//go:norace
func (k *kept) find(p unsafe.Pointer) int {
	i := k.home(p)
	for k.places[i].at != nil && k.places[i].at != p {
		i = (i + 1) % len(k.places)
	}
	return i
}

//go:norace
func (k *kept) home(p unsafe.Pointer) int {
	return int(Mix(uint64(uintptr(p))) % uint64(len(k.places)))
}

//go:norace
func (k *kept) grow() {
	old := k.places
	k.places = make([]keeping, max(16, 2*len(old)))
	for i := range old {
		if old[i].at != nil {
			k.places[k.find(old[i].at)] = old[i]
		}
	}
}

// drop frees the place of p, and closes the gap for those that were put behind it.
//
//go:norace
func (k *kept) drop(p unsafe.Pointer) {
	if k.n == 0 {
		return
	}
	gap := k.find(p)
	if k.places[gap].at == nil {
		return
	}
	k.n--
	for i := (gap + 1) % len(k.places); k.places[i].at != nil; i = (i + 1) % len(k.places) {
		home := k.home(k.places[i].at)
		if (i-home+len(k.places))%len(k.places) >= (i-gap+len(k.places))%len(k.places) {
			k.places[gap], gap = k.places[i], i
		}
	}
	k.places[gap] = keeping{}
}

// Alone reports whether every goroutine that can use a value is under control.
//
//go:norace
func Alone() bool { return at() != nil && outside.n == 0 }
