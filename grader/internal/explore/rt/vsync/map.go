package sync

import (
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Map stands for sync.Map. It is its own implementation, in and out of control,
// for the sake of an order that is the same every time, and of happens-before
// edges that do not hang on a hash.
type Map struct {
	noCopy noCopy

	guard guard
	t     table
}

// enter is the point before an operation on a key.
func (m *Map) enter(key any) (t *table, hash uint64) {
	m.point()
	hash = hashOf(key)
	m.guard.lock()
	return &m.t, hash
}

func (m *Map) point() { sched.Park(sched.OpMap, 0, unsafe.Pointer(m), nil, 0) }

// Load returns the value of a key.
func (m *Map) Load(key any) (value any, ok bool) {
	t, hash := m.enter(key)
	defer m.guard.unlock()
	return t.read(t.find(key, hash))
}

// Store sets the value of a key.
func (m *Map) Store(key, value any) { m.Swap(key, value) }

// Swap sets the value of a key and returns the one before.
func (m *Map) Swap(key, value any) (previous any, loaded bool) {
	t, hash := m.enter(key)
	defer m.guard.unlock()
	e := t.entryOf(key, hash)
	previous, loaded = t.read(e)
	t.wrote(e)
	t.put(e, value)
	return previous, loaded
}

// LoadOrStore returns the value of a key, or sets it.
func (m *Map) LoadOrStore(key, value any) (actual any, loaded bool) {
	t, hash := m.enter(key)
	defer m.guard.unlock()
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
	t, hash := m.enter(key)
	defer m.guard.unlock()
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
	t, hash := m.enter(key)
	defer m.guard.unlock()
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
	t, hash := m.enter(key)
	defer m.guard.unlock()
	e := t.find(key, hash)
	if !t.holds(e, old) {
		return false
	}
	t.wrote(e)
	t.drop(e)
	return true
}

// Range calls f for the keys that are there when it begins, unless they are
// deleted meanwhile, in the order of their insertion; until f returns false.
func (m *Map) Range(f func(key, value any) bool) {
	m.point()
	m.guard.lock()
	list := m.t.list()
	m.guard.unlock()
	for i, e := range list {
		if i > 0 {
			m.point() // others may change the map between two calls of f
		}
		if value, ok := m.visit(e); ok && !f(keyOf(e), value) {
			return
		}
	}
}

func (m *Map) visit(e *entry) (value any, ok bool) {
	m.guard.lock()
	defer m.guard.unlock()
	return m.t.read(e)
}

// Clear deletes all keys.
func (m *Map) Clear() {
	m.point()
	m.guard.lock()
	defer m.guard.unlock()
	m.t.clear()
}

//go:norace
func keyOf(e *entry) any { return e.key }
