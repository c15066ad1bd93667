package cachecheck_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"heisenkata/exercises/09-test-suites/02-cache-check"
)

// A Drop while its key is being loaded.
var dropFaults = slices.Concat(droppingFaults, waiterFaults)

// What becomes of a dropped load, and what else is dropped.
var droppingFaults = []fault{
	{"a dropped load is kept", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return keepsLate(open, load, func(_ int, newer bool) bool { return !newer })
	}},
	{"a load that was dropped before the last one is kept", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return keepsLate(open, load, func(drops int, _ bool) bool { return drops > 1 })
	}},
	{"a dropped load replaces a newer value", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return keepsLate(open, load, func(_ int, newer bool) bool { return newer })
	}},
	{"a dropped load's error goes to the next Get", spreadsErrors},
	{"a dropped load's error drops a newer value", func(open cachecheck.Open, load cachecheck.Load) *parts {
		var p *parts
		under := newUnderWay()
		p = partsOf(open(under.watched(func(key string) (string, error) {
			before := under.look(key)
			value, err := load(key)
			if after := under.look(key); err != nil && after.begun > before.begun && after.now == 1 {
				p.drop(key)
			}
			return value, err
		})))
		return p
	}},
	{"a load is not dropped", func(open cachecheck.Open, load cachecheck.Load) *parts {
		under := newUnderWay()
		p := partsOf(open(under.watched(load)))
		drop := p.drop
		p.drop = func(key string) {
			if under.look(key).now == 0 {
				drop(key)
			}
		}
		return p
	}},
	{"a dropped load drops the next", func(open cachecheck.Open, load cachecheck.Load) *parts {
		var p *parts
		under := newUnderWay()
		p = partsOf(open(under.watched(func(key string) (string, error) {
			before := under.look(key)
			value, err := load(key)
			if after := under.look(key); before.now == 1 && after.begun == before.begun+1 && after.now == 2 {
				p.drop(key)
			}
			return value, err
		})))
		return p
	}},
	{"Drop waits for the load", func(open cachecheck.Open, load cachecheck.Load) *parts {
		under := newUnderWay()
		p := partsOf(open(under.watched(load)))
		drop := p.drop
		p.drop = func(key string) {
			under.wait(context.Background(), key)
			drop(key)
		}
		return p
	}},
	{"Drop drops all values", func(open cachecheck.Open, load cachecheck.Load) *parts {
		seen := new(sync.Map)
		under := newUnderWay()
		p := partsOf(open(under.watched(func(key string) (string, error) {
			seen.Store(key, true)
			return load(key)
		})))
		drop := p.drop
		p.drop = func(key string) {
			drop(key)
			for other := range seen.Range {
				if under.look(other.(string)).now == 0 {
					drop(other.(string))
				}
			}
		}
		return p
	}},
	{"Drop drops all loads", func(open cachecheck.Open, load cachecheck.Load) *parts {
		under := newUnderWay()
		p := partsOf(open(under.watched(load)))
		drop := p.drop
		p.drop = func(key string) {
			drop(key)
			for _, other := range under.loading() {
				drop(other)
			}
		}
		return p
	}},
}

// What becomes of the Gets that wait for a load when it is dropped. They have to return what it loads, or what a
// later one does.
var waiterFaults = slices.Concat(
	afterDrop("a Get that waits for a dropped load gets no value and no error", seesNone),
	afterDrop("a Get that waits for a dropped load gets another error", seesAnother),
	afterDrop("a Get that waits for a dropped load gets another error, or one that only reads like the right one", seesAlike),
	afterDrop("a Get that waits for a dropped load gets a value that was never loaded", func(context.Context, string, getter, error) (string, error) {
		return "a value that the cache has made up", nil
	}),
	afterDrop("a Get that waits for a dropped load waits until its context ends", func(ctx context.Context, _ string, _ getter, _ error) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}),
	[]fault{
		{"Drop ends every Get that waits", endedByDrop(func(int) bool { return true })},
		{"Drop ends the Get that began the load", endedByDrop(first)},
		{"Drop ends the Gets that came during the load", endedByDrop(later)},
	},
)

// afterDrop does something else for a Get that returns what it should, if its load was dropped: for every such
// Get, or only for some.
func afterDrop(name string, then getting) (faults []fault) {
	for _, c := range []struct {
		name string
		of   func(e *era, others int) bool
	}{
		{"", func(*era, int) bool { return true }},
		{", if it began this load", func(_ *era, others int) bool { return first(others) }},
		{", if it came during this load", func(_ *era, others int) bool { return later(others) }},
		{", if this load returns before the next", func(e *era, _ int) bool { return !e.overtaken }},
		{", if the next load returns before this", func(e *era, _ int) bool { return e.overtaken }},
	} {
		faults = append(faults, fault{name + c.name, func(open cachecheck.Open, load cachecheck.Load) *parts {
			x := &eras{now: map[string]*era{}}
			p := partsOf(open(x.watched(load)))
			p.drop = x.dropping(p.drop)
			p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
				e, others := x.enter(key)
				defer x.leave(e)
				value, err := get(ctx, key)
				if ctx.Err() == nil && x.is(e, func(e *era) bool { return e.dropped && c.of(e, others) }) {
					return then(ctx, key, get, err)
				}
				return value, err
			})
			return p
		}})
	}
	return faults
}

// endedByDrop ends some Gets when their load is dropped.
func endedByDrop(which func(others int) bool) func(cachecheck.Open, cachecheck.Load) *parts {
	return func(open cachecheck.Open, load cachecheck.Load) *parts {
		x := &eras{now: map[string]*era{}}
		p := partsOf(open(x.watched(load)))
		p.drop = x.dropping(p.drop)
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			e, others := x.enter(key)
			defer x.leave(e)
			if !which(others) {
				return get(ctx, key)
			}
			mine, cancel := context.WithCancel(ctx)
			defer cancel()
			x.whenDropped(e, cancel)
			value, err := get(mine, key)
			if mine.Err() != nil && ctx.Err() == nil {
				return "", errors.New("the key was dropped")
			}
			return value, err
		})
		return p
	}
}

// A memo is what a fault remembers of each key until that is dropped, and how often it was.
type memo[T any] struct {
	mu    sync.Mutex
	kept  map[string]T
	drops map[string]int
}

func newMemo[T any]() *memo[T] { return &memo[T]{kept: map[string]T{}, drops: map[string]int{}} }

func (m *memo[T]) look(key string) (kept T, found bool, drops int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept, found = m.kept[key]
	return kept, found, m.drops[key]
}

// dropping forgets a key before drop does.
func (m *memo[T]) dropping(drop func(string)) func(string) {
	return func(key string) {
		m.mu.Lock()
		delete(m.kept, key)
		m.drops[key]++
		m.mu.Unlock()
		drop(key)
	}
}

// keepsLate keeps what some dropped loads return, by how many drops there were since they began, and
// whether there is a newer value.
func keepsLate(open cachecheck.Open, load cachecheck.Load, which func(drops int, newer bool) bool) *parts {
	m := newMemo[string]()
	p := partsOf(open(func(key string) (string, error) {
		_, _, began := m.look(key)
		value, err := load(key)
		m.mu.Lock()
		defer m.mu.Unlock()
		drops := m.drops[key] - began
		if _, ok := m.kept[key]; err == nil && (drops == 0 || which(drops, ok)) {
			m.kept[key] = value
		}
		return value, err
	}))
	p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
		if value, ok, _ := m.look(key); ok {
			return value, nil
		}
		return get(ctx, key)
	})
	p.drop = m.dropping(p.drop)
	return p
}

// spreadsErrors returns the error of a dropped load from the Gets that began after the Drop.
func spreadsErrors(open cachecheck.Open, load cachecheck.Load) *parts {
	m := newMemo[error]()
	p := partsOf(open(func(key string) (string, error) {
		_, _, began := m.look(key)
		value, err := load(key)
		m.mu.Lock()
		defer m.mu.Unlock()
		if err != nil && began != m.drops[key] {
			m.kept[key] = err
		}
		return value, err
	}))
	p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
		_, _, began := m.look(key)
		value, err := get(ctx, key)
		if late, ok, _ := m.look(key); ok && began > 0 && err == nil {
			return "", late
		}
		return value, err
	})
	p.drop = m.dropping(p.drop)
	return p
}
