package sync

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	vatomic "heisenkata/grader/internal/explore/rt/vatomic"
)

// What stands in is as large as what it stands for, and has the same place in a struct:
// otherwise the capacity of a slice tells code that it is explored.
func TestLayouts(t *testing.T) {
	type pair struct{ real, dropIn any }
	for _, p := range []pair{
		{sync.Mutex{}, Mutex{}}, {sync.RWMutex{}, RWMutex{}}, {sync.WaitGroup{}, WaitGroup{}}, {sync.Once{}, Once{}},
		{&sync.Cond{}, &Cond{}}, {&sync.Map{}, &Map{}}, {&sync.Pool{}, &Pool{}},
		{&atomic.Value{}, &vatomic.Value{}}, {&atomic.Bool{}, &vatomic.Bool{}}, {&atomic.Int32{}, &vatomic.Int32{}},
		{&atomic.Int64{}, &vatomic.Int64{}}, {&atomic.Uint32{}, &vatomic.Uint32{}}, {&atomic.Uint64{}, &vatomic.Uint64{}},
		{&atomic.Uintptr{}, &vatomic.Uintptr{}}, {&atomic.Pointer[int]{}, &vatomic.Pointer[int]{}},
	} {
		real, dropIn := valueType(p.real), valueType(p.dropIn)
		assert.Equal(t, real.Size(), dropIn.Size(), "%v", real)
		assert.Equal(t, real.Align(), dropIn.Align(), "%v", real)
		assert.Equal(t, real.Comparable(), dropIn.Comparable(), "%v", real)
	}
}

func valueType(v any) reflect.Type {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// Those that are used most also print as the real ones do, whatever is done with them.
func TestLooks(t *testing.T) {
	type lock interface {
		Lock()
		Unlock()
		TryLock() bool
	}
	prints := func(l lock, r interface{ RLock() }, n interface {
		Add(int)
		Wait()
	}, x interface{ Add(int64) int64 }) (s string) {
		look := func(v any) { s += fmt.Sprintf("%v %+v\n", v, v) }
		look(l)
		l.Lock()
		look(l)
		l.Unlock()
		look(l)
		r.RLock()
		look(r)
		n.Add(2)
		n.Add(-2)
		n.Wait()
		look(n)
		x.Add(3)
		look(x)
		return s
	}
	want := prints(&sync.Mutex{}, &sync.RWMutex{}, &sync.WaitGroup{}, &atomic.Int64{})
	assert.Nil(t, explore(t, 1, func() {
		assert.Equal(t, want, prints(&Mutex{}, &RWMutex{}, &WaitGroup{}, &vatomic.Int64{}))
	}))
	assert.Equal(t, want, prints(&Mutex{}, &RWMutex{}, &WaitGroup{}, &vatomic.Int64{}))
}

// A copy has the state of what it was copied from.
func TestCopies(t *testing.T) {
	duplicate := func(l, m any) { reflect.ValueOf(m).Elem().Set(reflect.ValueOf(l).Elem()) }
	assert.Nil(t, explore(t, 1, func() {
		var a, b Mutex
		a.Lock()
		duplicate(&a, &b)
		assert.False(t, b.TryLock())
		b.Unlock()
		assert.True(t, b.TryLock())
		assert.False(t, a.TryLock())
		var c, d, e RWMutex
		c.RLock()
		duplicate(&c, &d)
		assert.False(t, d.TryLock())
		d.RLock()
		d.RUnlock()
		d.RUnlock()
		d.Lock()
		duplicate(&d, &e)
		assert.False(t, e.TryRLock())
		e.Unlock()
		assert.True(t, e.TryRLock())
	}))
	for name, f := range map[string]func(){
		"Mutex":        func() { var a, b Mutex; a.Lock(); duplicate(&a, &b); b.Lock() },
		"read, Lock":   func() { var a, b RWMutex; a.RLock(); duplicate(&a, &b); b.Lock() },
		"write, Lock":  func() { var a, b RWMutex; a.Lock(); duplicate(&a, &b); b.Lock() },
		"write, RLock": func() { var a, b RWMutex; a.Lock(); duplicate(&a, &b); b.RLock() },
	} {
		f := explore(t, 1, f)
		if assert.NotNil(t, f, name) {
			assert.EqualValues(t, "deadlock", f.Kind, name)
		}
	}
	// What is overwritten while it is locked is free.
	assert.Nil(t, explore(t, 1, func() {
		var a, b Mutex
		a.Lock()
		duplicate(&b, &a)
		a.Lock()
		assert.False(t, a.TryLock())
	}))
}
