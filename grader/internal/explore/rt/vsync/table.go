package sync

import (
	"cmp"
	"hash/maphash"
	"slices"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// table is a hash table that knows the order of insertion. The race detector
// sees nothing of it but the happens-before edges that a Map promises: from what
// writes a key to what sees the effect, which may be that the key is gone. A key
// that was deleted stays therefore, for the sake of its address. The methods are
// called with the Map's guard held.
type table struct {
	buckets     []*entry
	n           int // keys, deleted ones too
	live        int
	changes     int    // keys that came or went
	first, last *entry // in the order of insertion, without the deleted ones

	cleared, gone byte // their addresses carry the edges of Clear, and of all deletions
}

// entry is one key.
type entry struct {
	key, value any
	present    bool
	hash       uint64
	nth        int    // of the keys that the table has met
	chain      *entry // the next in the bucket
	prev, next *entry // in the order of insertion
}

var seed = maphash.MakeSeed()

// hashOf panics with the runtime's own error if a key can not be compared.
func hashOf(key any) uint64 { return maphash.Comparable(seed, key) }

// find returns the entry of a key, or nil.
//
//go:norace
func (t *table) find(key any, hash uint64) *entry {
	if len(t.buckets) == 0 {
		return nil
	}
	e := t.buckets[hash%uint64(len(t.buckets))]
	for e != nil && (e.hash != hash || e.key != key) {
		e = e.chain
	}
	return e
}

// entryOf returns the entry of a key, a new one if need be.
//
//go:norace
func (t *table) entryOf(key any, hash uint64) *entry {
	if e := t.find(key, hash); e != nil {
		return e
	}
	if t.n >= len(t.buckets) {
		t.grow()
	}
	e := &entry{key: key, hash: hash, nth: t.n}
	t.n++
	t.insert(e)
	return e
}

//go:norace
func (t *table) insert(e *entry) {
	b := &t.buckets[e.hash%uint64(len(t.buckets))]
	e.chain = *b
	*b = e
}

//go:norace
func (t *table) grow() {
	old := t.buckets
	t.buckets = make([]*entry, max(8, 2*len(old)))
	for _, e := range old {
		for e != nil {
			next := e.chain
			t.insert(e)
			e = next
		}
	}
}

// put gives an entry a value, and a place in the order if it has none.
//
//go:norace
func (t *table) put(e *entry, value any) {
	e.value = value
	if e.present {
		return
	}
	e.present = true
	t.live++
	t.changes++
	e.prev = t.last
	if t.last == nil {
		t.first = e
	} else {
		t.last.next = e
	}
	t.last = e
}

// drop deletes an entry's value and its place in the order.
//
//go:norace
func (t *table) drop(e *entry) {
	if e.prev == nil {
		t.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		t.last = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.prev, e.next, e.value, e.present = nil, nil, nil, false
	t.live--
	t.changes++
	sched.ReleaseMerge(unsafe.Pointer(&t.gone))
}

// saw declares that the calling goroutine sees what was last written to an entry.
//
//go:norace
func (t *table) saw(e *entry) {
	sched.Acquire(unsafe.Pointer(&t.cleared))
	if e != nil {
		sched.Acquire(unsafe.Pointer(e))
	}
}

// wrote declares that the calling goroutine writes an entry.
//
//go:norace
func (t *table) wrote(e *entry) {
	t.saw(e)
	sched.ReleaseMerge(unsafe.Pointer(e))
}

// read returns an entry's value, if it is there.
//
//go:norace
func (t *table) read(e *entry) (value any, ok bool) {
	t.saw(e)
	if e == nil {
		return nil, false
	}
	return e.value, e.present
}

// holds reports whether an entry has this value. It panics if they can not be compared.
//
//go:norace
func (t *table) holds(e *entry, value any) bool {
	v, ok := t.read(e)
	return ok && v == value
}

// clear deletes all keys. They stay known, like those that were deleted one by one: a range
// that is under way meets none twice.
//
//go:norace
func (t *table) clear() {
	sched.ReleaseMerge(unsafe.Pointer(&t.cleared))
	for e := t.first; e != nil; {
		next := e.next
		e.prev, e.next, e.value, e.present = nil, nil, nil, false
		e = next
	}
	t.live, t.first, t.last = 0, nil, nil
	t.changes++
}

// list returns the entries in the order of their places, those behind that of after if that
// is not nil, and declares that the calling goroutine sees which ones are gone.
//
//go:norace
func (t *table) list(drawn uint64, after *entry) []*entry {
	sched.Acquire(unsafe.Pointer(&t.cleared))
	sched.Acquire(unsafe.Pointer(&t.gone))
	list := make([]*entry, 0, t.live)
	for e := t.first; e != nil; e = e.next {
		if after == nil || e.place(drawn) > after.place(drawn) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return cmp.Compare(a.place(drawn), b.place(drawn)) })
	return list
}

// place is where an entry is in the order drawn: that in which the keys were first stored, or
// a mixture of it.
//
//go:norace
func (e *entry) place(drawn uint64) uint64 {
	if drawn == 0 {
		return uint64(e.nth)
	}
	return sched.Mix(uint64(e.nth) ^ drawn)
}
