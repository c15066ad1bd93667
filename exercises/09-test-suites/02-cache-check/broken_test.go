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
	{"a value with something more", func(open cachecheck.Open, load cachecheck.Load) *parts {
		p := partsOf(open(load))
		p.get = around(p, func(ctx context.Context, key string, get getter) (string, error) {
			value, err := get(ctx, key)
			if err == nil {
				value += key
			}
			return value, err
		})
		return p
	}},
	{"drops nothing", func(open cachecheck.Open, load cachecheck.Load) *parts {
		p := partsOf(open(load))
		p.drop = func(string) {}
		return p
	}},
}

// A condition says which loads of a key a bug affects.
type condition struct {
	name string
	of   func(*era) bool
}

// whichLoad are the conditions of sharing: a bug affects every load, or one that comes after something.
var whichLoad = []condition{
	{"", func(*era) bool { return true }},
	{", of a load after an error", func(e *era) bool { return e.after == anError }},
	{", of a load after a value was dropped", func(e *era) bool { return e.after == aDroppedValue }},
	{", of a load after a load was dropped", func(e *era) bool { return e.after == aDroppedLoad }},
}

// A sharer is a Get with a fault. It is told how many others are under way for its key and its load.
type sharer func(s *shared, ctx context.Context, key string, others int) (string, error)

// What else a sharer has.
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
	derive("a shared value is not kept", whichLoad, keepsNone(later)),
	derive("a value that three share is not kept", whichLoad, keepsNone(third)),
	derive("an empty value is not kept", whichLoad, func(s *shared, ctx context.Context, key string, _ int) (string, error) {
		value, err := s.get(ctx, key)
		if err == nil && value == "" {
			s.drop(key)
		}
		return value, err
	}),
)

// unshared has a second cache for a Get that finds that many others under way for its key.
func unshared(most int) sharer {
	return func(s *shared, ctx context.Context, key string, others int) (string, error) {
		if others >= most {
			return s.open(s.load).Get(ctx, key)
		}
		return s.get(ctx, key)
	}
}

// keepsNone drops what some Gets return.
func keepsNone(which func(others int) bool) sharer {
	return func(s *shared, ctx context.Context, key string, others int) (string, error) {
		if which(others) {
			defer s.drop(key)
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

// limited allows only so many loads at a time.
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
	derive("an error that three share is kept", whichLoad, keepsErrors(2)),
	whoSees("no error", seesNone),
	whoSees("another error", seesAnother),
	whoSees("an error that only reads like the right one", seesAlike),
	derive("who waits loads again", whichLoad, afterAnError(later, loadsAgain)),
	derive("the third Get loads again", whichLoad, afterAnError(third, loadsAgain)),
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

// whoSees are faults of some of the Gets whose load has failed.
func whoSees(what string, then getting) (faults []fault) {
	return slices.Concat(
		derive("who begins the load sees "+what, whichLoad, afterAnError(first, then)),
		derive("who waits sees "+what, whichLoad, afterAnError(later, then)),
		derive("the third Get sees "+what, whichLoad, afterAnError(third, then)),
	)
}

// keepsErrors keeps an error that more than this many Gets got.
func keepsErrors(more int) sharer {
	return func(s *shared, ctx context.Context, key string, others int) (string, error) {
		value, err := s.get(ctx, key)
		if err != nil && ctx.Err() == nil && others >= more {
			s.kept.Store(key, err)
		}
		return value, err
	}
}

// Whether a Get is the first, a later one, or the third or a later one, by how many others it finds under way for its key.
func first(others int) bool { return others == 0 }
func later(others int) bool { return others > 0 }
func third(others int) bool { return others > 1 }

// A getting is what a Get does in place of another, which would return err.
type getting func(ctx context.Context, key string, get getter, err error) (string, error)

func loadsAgain(ctx context.Context, key string, get getter, _ error) (string, error) {
	return get(ctx, key)
}

func seesNone(context.Context, string, getter, error) (string, error) { return "", nil }

func seesAnother(context.Context, string, getter, error) (string, error) {
	return "", errors.New("no value: " + aText())
}

// seesAlike returns an error that has the text of the right one, and does not wrap it. If there is none, it returns
// another.
func seesAlike(ctx context.Context, key string, get getter, err error) (string, error) {
	if err == nil {
		return seesAnother(ctx, key, get, err)
	}
	if v, ok := err.(*veiled); ok {
		err = v.of
	}
	return "", errors.New(err.Error())
}

// afterAnError does something else for some Gets whose load has failed.
func afterAnError(which func(others int) bool, then getting) sharer {
	return func(s *shared, ctx context.Context, key string, others int) (string, error) {
		value, err := s.get(ctx, key)
		if err != nil && ctx.Err() == nil && which(others) {
			return then(ctx, key, s.get, err)
		}
		return value, err
	}
}
