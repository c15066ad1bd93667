package cachecheck_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"heisenkata/exercises/09-test-suites/02-cache-check"
)

// A fault makes a right cache wrong: it stands between the cache and its callers, or between
// the cache and load.
type fault struct {
	name string
	add  func(open cachecheck.Open, load cachecheck.Load) *parts
}

// Faults that one goroutine sees.
var plainFaults = []fault{
	{"keeps nothing", func(open cachecheck.Open, load cachecheck.Load) *parts {
		p := partsOf(open(load))
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			defer p.drop(key)
			return get(ctx, key)
		})
		return p
	}},
	{"one value for all keys", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return partsOf(open(func(string) (string, error) { return load("b") }))
	}},
	{"drops nothing", func(open cachecheck.Open, load cachecheck.Load) *parts {
		p := partsOf(open(load))
		p.drop = func(string) {}
		return p
	}},
}

// A condition says of which loads of a key a bug is.
type condition struct {
	name string
	of   func(*era) bool
}

// whichLoad are the conditions of sharing: a bug is of every load, or of one that comes after something.
var whichLoad = []condition{
	{"", func(*era) bool { return true }},
	{", of a load after an error", func(e *era) bool { return e.after == anError }},
	{", of a load after a value was dropped", func(e *era) bool { return e.after == aDroppedValue }},
	{", of a load after a load was dropped", func(e *era) bool { return e.after == aDroppedLoad }},
}

// A sharer is a Get with a fault. It finds so many others under way for its key and its load.
type sharer func(s *shared, ctx context.Context, key string, others int) (string, error)

// What a sharer has besides.
type shared struct {
	get  getter // the right one
	drop func(key string)
	kept sync.Map // errors that are kept, by key
	open cachecheck.Open
	load cachecheck.Load
}

// derive returns a fault under each of the conditions.
func derive(name string, when []condition, faulty sharer) (faults []fault) {
	for _, c := range when {
		faults = append(faults, fault{name + c.name, func(open cachecheck.Open, load cachecheck.Load) *parts {
			x := &eras{now: map[string]*era{}}
			p := partsOf(open(x.watched(load)))
			p.drop = x.dropping(p.drop)
			s := &shared{get: p.get, drop: p.drop, open: open, load: load}
			p.get = func(ctx context.Context, key string) (string, error) {
				if err, ok := s.kept.Load(key); ok {
					return "", err.(error)
				}
				e, others := x.enter(key)
				defer x.leave(e)
				if c.of(e) {
					return faulty(s, ctx, key, others)
				}
				return s.get(ctx, key)
			}
			return p
		}})
	}
	return faults
}

// Gets of one key at the same time.
var sharingFaults = slices.Concat(
	derive("each Get loads", whichLoad, unshared(1)),
	derive("the third Get loads", whichLoad, unshared(2)),
	derive("the third Get returns nothing", whichLoad, func(s *shared, ctx context.Context, key string, others int) (string, error) {
		value, err := s.get(ctx, key)
		if err == nil && others > 1 {
			value = ""
		}
		return value, err
	}),
	derive("a shared value is not kept", whichLoad, func(s *shared, ctx context.Context, key string, others int) (string, error) {
		if others > 0 {
			defer s.drop(key)
		}
		return s.get(ctx, key)
	}),
	derive("an empty value is not kept", whichLoad, func(s *shared, ctx context.Context, key string, _ int) (string, error) {
		value, err := s.get(ctx, key)
		if err == nil && value == "" {
			s.drop(key)
		}
		return value, err
	}),
)

// unshared has a second cache for a Get that finds so many others under way for its key.
func unshared(most int) sharer {
	return func(s *shared, ctx context.Context, key string, others int) (string, error) {
		if others >= most {
			return s.open(s.load).Get(ctx, key)
		}
		return s.get(ctx, key)
	}
}

// Gets of several keys at the same time.
var keyFaults = []fault{
	{"one Get at a time", func(open cachecheck.Open, load cachecheck.Load) *parts {
		p, slots := partsOf(open(load)), make(chan struct{}, 1)
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			select {
			case slots <- struct{}{}:
				defer func() { <-slots }()
				return get(ctx, key)
			case <-ctx.Done():
				return "", ctx.Err()
			}
		})
		return p
	}},
	{"two loads at a time", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return limited(open, load, 2)
	}},
	{"five loads at a time", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return limited(open, load, 5)
	}},
	{"a kept value waits for loads", func(open cachecheck.Open, load cachecheck.Load) *parts {
		under := newUnderWay()
		p := partsOf(open(under.watched(load)))
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			if under.look(key).ever {
				under.waitForAll(ctx)
			}
			return get(ctx, key)
		})
		return p
	}},
	{"another key's value", func(open cachecheck.Open, load cachecheck.Load) *parts {
		under := newUnderWay()
		p := partsOf(open(under.watched(load)))
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			if loading := under.loading(); len(loading) > 0 && !under.look(key).ever {
				key = loading[0]
			}
			return get(ctx, key)
		})
		return p
	}},
}

// limited has only so many loads under way at a time.
func limited(open cachecheck.Open, load cachecheck.Load, most int) *parts {
	slots := make(chan struct{}, most)
	return partsOf(open(func(key string) (string, error) {
		slots <- struct{}{}
		defer func() { <-slots }()
		return load(key)
	}))
}

// Loads that fail.
var errorFaults = slices.Concat(
	derive("an error is kept", whichLoad, keepsErrors(0)),
	derive("a shared error is kept", whichLoad, keepsErrors(1)),
	derive("who waits sees no error", whichLoad, afterAnError(later, seesNone)),
	derive("who begins the load sees no error", whichLoad, afterAnError(first, seesNone)),
	derive("who waits sees another error", whichLoad, afterAnError(later, seesAnother)),
	derive("who begins the load sees another error", whichLoad, afterAnError(first, seesAnother)),
	derive("who waits loads again", whichLoad, afterAnError(later, func(ctx context.Context, key string, get getter) (string, error) { return get(ctx, key) })),
	[]fault{{"an error is the end", func(open cachecheck.Open, load cachecheck.Load) *parts {
		failed := new(sync.Map)
		p := partsOf(open(func(key string) (string, error) {
			value, err := load(key)
			if err != nil {
				failed.Store(key, true)
			}
			return value, err
		}))
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			if _, ok := failed.Load(key); ok {
				<-ctx.Done()
			}
			return get(ctx, key)
		})
		return p
	}}},
)

// keepsErrors keeps an error that more Gets than so many got.
func keepsErrors(more int) sharer {
	return func(s *shared, ctx context.Context, key string, others int) (string, error) {
		value, err := s.get(ctx, key)
		if err != nil && ctx.Err() == nil && others >= more {
			s.kept.Store(key, err)
		}
		return value, err
	}
}

// A Get finds so many others under way for its key: it is the first, or a later one.
func first(others int) bool { return others == 0 }
func later(others int) bool { return others > 0 }

// A getting is what a Get does in place of another.
type getting func(context.Context, string, getter) (string, error)

func seesNone(context.Context, string, getter) (string, error) { return "", nil }

func seesAnother(context.Context, string, getter) (string, error) {
	return "", errors.New("the cache has no value")
}

// afterAnError does something else for some Gets whose load has failed.
func afterAnError(which func(others int) bool, then getting) sharer {
	return func(s *shared, ctx context.Context, key string, others int) (string, error) {
		value, err := s.get(ctx, key)
		if err != nil && ctx.Err() == nil && which(others) {
			return then(ctx, key, s.get)
		}
		return value, err
	}
}

// Contexts that end.
var contextFaults = slices.Concat(leavingFaults, stayingFaults)

// What becomes of a load that some Gets leave, and others not.
var stayingFaults = slices.Concat(
	afterOthers("a value is not kept", func(p *parts, key, value string) string {
		p.drop(key)
		return value
	}),
	afterOthers("who stays sees no value", func(*parts, string, string) string { return "" }),
)

// afterOthers does something else for a Get that returns a value, if others have left its load: the
// first, a later one, or all that there were.
func afterOthers(name string, then func(p *parts, key, value string) string) (faults []fault) {
	for _, c := range []condition{
		{" if the first has left", func(e *era) bool { return e.left.first }},
		{" if a later one has left", func(e *era) bool { return e.left.later }},
		{" if all others have left", func(e *era) bool { return e.left.all }},
	} {
		faults = append(faults, fault{name + c.name, func(open cachecheck.Open, load cachecheck.Load) *parts {
			x := &eras{now: map[string]*era{}}
			p := partsOf(open(x.watched(load)))
			p.drop = x.dropping(p.drop)
			p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
				before := ctx.Err()
				e, others := x.enter(key)
				value, err := get(ctx, key)
				if before == nil && err != nil && ctx.Err() != nil {
					x.gone(e, others)
				}
				if x.leave(e); err == nil && x.is(e, c.of) {
					value = then(p, key, value)
				}
				return value, err
			})
			return p
		}})
	}
	return faults
}

var leavingFaults = []fault{
	{"the first Get waits on", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return deaf(open, load, first)
	}},
	{"a later Get waits on", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return deaf(open, load, later)
	}},
	{"the first Get takes others along", takesOthersAlong},
	{"who leaves sees no error", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return afterLeaving(open, load, seesNone)
	}},
	{"who leaves sees another error", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return afterLeaving(open, load, seesAnother)
	}},
	{"an ended context sees no error", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return endedBefore(open, load, seesNone)
	}},
	{"an ended context sees another error", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return endedBefore(open, load, seesAnother)
	}},
	{"a kept value waits for the context", func(open cachecheck.Open, load cachecheck.Load) *parts {
		under := newUnderWay()
		p := partsOf(open(under.watched(load)))
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			if under.look(key).ever {
				<-ctx.Done()
			}
			return get(ctx, key)
		})
		return p
	}},
	{"when the first leaves, the next loads", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return forgetful(open, load, first)
	}},
	{"when a later one leaves, the next loads", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return forgetful(open, load, later)
	}},
	{"when one leaves before the first, the next loads", func(open cachecheck.Open, load cachecheck.Load) *parts {
		p, n, firsts, drops := partsOf(open(load)), new(counts), new(counts), new(counts)
		drop := p.drop
		p.drop = func(key string) { // a Get after it is the first of another load
			drops.add(key, 1)
			drop(key)
		}
		p.get = n.counted(p.get, func(ctx context.Context, key string, others int, get getter) (string, error) {
			if first(others) {
				firsts.add(key, 1)
				defer firsts.add(key, -1)
			}
			value, err := get(ctx, key)
			if err != nil && ctx.Err() != nil && later(others) && firsts.add(key, 0) > 0 && drops.add(key, 0) == 0 {
				drop(key)
			}
			return value, err
		})
		return p
	}},
	{"when all have left, the next loads", abandoned},
	{"each context that ends is taken for cancelled", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return endsWith(open, load, context.Canceled)
	}},
	{"each context that ends is taken for late", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return endsWith(open, load, context.DeadlineExceeded)
	}},
}

// deaf does not hear that the context of some Gets has ended, until their load has returned.
func deaf(open cachecheck.Open, load cachecheck.Load, which func(others int) bool) *parts {
	under := newUnderWay()
	p, n := partsOf(open(under.watched(load))), new(counts)
	p.get = n.counted(p.get, func(ctx context.Context, key string, others int, get getter) (string, error) {
		if which(others) {
			deaf, cancel := context.WithCancel(context.WithoutCancel(ctx))
			defer cancel()
			defer context.AfterFunc(ctx, func() {
				under.wait(deaf, key)
				cancel()
			})()
			ctx = deaf
		}
		return get(ctx, key)
	})
	return p
}

// endedBefore does something else for a Get whose context had ended before.
func endedBefore(open cachecheck.Open, load cachecheck.Load, then getting) *parts {
	p := partsOf(open(load))
	p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
		if ctx.Err() != nil {
			return then(ctx, key, get)
		}
		return get(ctx, key)
	})
	return p
}

// afterLeaving does something else for a Get whose context has ended while it waited.
func afterLeaving(open cachecheck.Open, load cachecheck.Load, then getting) *parts {
	p := partsOf(open(load))
	p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
		before := ctx.Err()
		value, err := get(ctx, key)
		if before == nil && err != nil && ctx.Err() != nil {
			return then(ctx, key, get)
		}
		return value, err
	})
	return p
}

// forgetful drops the load that some Gets leave.
func forgetful(open cachecheck.Open, load cachecheck.Load, which func(others int) bool) *parts {
	p, n := partsOf(open(load)), new(counts)
	p.get = n.counted(p.get, func(ctx context.Context, key string, others int, get getter) (string, error) {
		value, err := get(ctx, key)
		if err != nil && ctx.Err() != nil && which(others) {
			p.drop(key)
		}
		return value, err
	})
	return p
}

// abandoned drops the load that the last Get leaves.
func abandoned(open cachecheck.Open, load cachecheck.Load) *parts {
	p, n := partsOf(open(load)), new(counts)
	p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
		n.add(key, 1)
		value, err := get(ctx, key)
		if n.add(key, -1) == 0 && err != nil && ctx.Err() != nil {
			p.drop(key)
		}
		return value, err
	})
	return p
}

// endsWith returns always the same error if a context has ended, whichever its own is.
func endsWith(open cachecheck.Open, load cachecheck.Load, always error) *parts {
	p := partsOf(open(load))
	p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
		value, err := get(ctx, key)
		if ended := ctx.Err(); ended != nil && errors.Is(err, ended) {
			err = always
		}
		return value, err
	})
	return p
}

// takesOthersAlong ends all Gets of a key when the context of the first one ends.
func takesOthersAlong(open cachecheck.Open, load cachecheck.Load) *parts {
	var firsts sync.Map // by key: the context of the first
	p, n := partsOf(open(load)), new(counts)
	p.get = n.counted(p.get, func(ctx context.Context, key string, others int, get getter) (string, error) {
		if others == 0 {
			firsts.Store(key, ctx)
			return get(ctx, key)
		}
		mine, cancel := context.WithCancel(ctx)
		defer cancel()
		if first, ok := firsts.Load(key); ok {
			defer context.AfterFunc(first.(context.Context), cancel)()
		}
		return get(mine, key)
	})
	return p
}

// A Drop while its key is being loaded.
var dropFaults = []fault{
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
