package sync

import (
	"sync"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Map stands for sync.Map. It is its own implementation, in and out of control,
// for the sake of an order that is the same every time, and of happens-before
// edges that do not hang on a hash.
type Map struct {
	noCopy noCopy
	_      [0]func() // no two can be compared

	content lazily[content]
	_       [unsafe.Sizeof(sync.Map{}) - unsafe.Sizeof(uintptr(0))]byte
}

// content is what a Map holds.
type content struct {
	guard guard
	table table
}

// enter is the point before an operation on a key.
func (m *Map) enter(key any) (c *content, hash uint64) {
	m.point()
	hash = hashOf(key)
	c = m.content.get()
	c.guard.lock()
	return c, hash
}

func (m *Map) point() { sched.Park(sched.OpMap, 0, unsafe.Pointer(m), nil, 0) }

// Load returns the value of a key.
func (m *Map) Load(key any) (value any, ok bool) {
	c, hash := m.enter(key)
	defer c.guard.unlock()
	t := &c.table
	return t.read(t.find(key, hash))
}

// Store sets the value of a key.
func (m *Map) Store(key, value any) { m.Swap(key, value) }

// Swap sets the value of a key and returns the one before.
func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	c, hash := m.enter(key)
	defer c.guard.unlock()
	t := &c.table
	e := t.entryOf(key, hash)
	previous, loaded = t.read(e)
	t.wrote(e)
	t.put(e, value)
	return previous, loaded
}

// LoadOrStore returns the value of a key, or sets it.
func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	c, hash := m.enter(key)
	defer c.guard.unlock()
	t := &c.table
	e := t.entryOf(key, hash)
	if actual, loaded = t.read(e); loaded {
		return actual, true
	}
	t.wrote(e)
	t.put(e, value)
	return value, false
}

// LoadAndDelete deletes a key and returns the value that it had.
func (m *Map) LoadAndDelete(key any) (value any, loaded bool) {
	c, hash := m.enter(key)
	defer c.guard.unlock()
	t := &c.table
	e := t.find(key, hash)
	if value, loaded = t.read(e); loaded {
		t.wrote(e)
		t.drop(e)
	}
	return value, loaded
}

// Delete deletes a key.
func (m *Map) Delete(key any) { m.LoadAndDelete(key) }

// CompareAndSwap sets the value of a key if it is old.
func (m *Map) CompareAndSwap(key, old, new any) (swapped bool) {
	c, hash := m.enter(key)
	defer c.guard.unlock()
	t := &c.table
	e := t.find(key, hash)
	if !t.holds(e, old) {
		return false
	}
	t.wrote(e)
	t.put(e, new)
	return true
}

// CompareAndDelete deletes a key if its value is old.
func (m *Map) CompareAndDelete(key, old any) (deleted bool) {
	c, hash := m.enter(key)
	defer c.guard.unlock()
	t := &c.table
	e := t.find(key, hash)
	if !t.holds(e, old) {
		return false
	}
	t.wrote(e)
	t.drop(e)
	return true
}

// Range calls f for the keys that are there when it comes to their place in an order of the
// schedule's, as the one of sync.Map does in that of hashes: a key that is stored meanwhile
// is met if its place is still to come. It ends when f returns false.
func (m *Map) Range(f func(key, value any) bool) {
	m.point()
	c := m.content.get()
	drawn := sched.Order()
	list, changes := c.list(drawn, nil)
	for len(list) > 0 {
		e := list[0]
		if value, ok := c.visit(e); ok && !f(keyOf(e), value) {
			return
		}
		list = list[1:]
		if c.changed(changes) {
			list, changes = c.list(drawn, e)
		}
		if len(list) > 0 {
			m.point() // others may change the map between two calls of f
		}
	}
}

// list returns the entries whose place is behind that of after, of all if that is nil, and
// how often keys have come and gone.
func (c *content) list(drawn uint64, after *entry) ([]*entry, int) {
	c.guard.lock()
	defer c.guard.unlock()
	return c.table.list(drawn, after), c.table.changes
}

//go:norace
func (c *content) changed(since int) bool {
	c.guard.lock()
	defer c.guard.unlock()
	return c.table.changes != since
}

func (c *content) visit(e *entry) (value any, ok bool) {
	c.guard.lock()
	defer c.guard.unlock()
	return c.table.read(e)
}

// Clear deletes all keys.
func (m *Map) Clear() {
	m.point()
	c := m.content.get()
	c.guard.lock()
	defer c.guard.unlock()
	c.table.clear()
}

//go:norace
func keyOf(e *entry) any { return e.key }
