package cachecheck_test

import (
	"context"
	"errors"
	"slices"
	"sync"

	"heisenkata/exercises/09-test-suites/02-cache-check"
)

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
	{"who leaves sees an error that only reads like the context's", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return afterLeaving(open, load, seesAlike)
	}},
	{"an ended context sees no error", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return endedBefore(open, load, seesNone)
	}},
	{"an ended context sees another error", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return endedBefore(open, load, seesAnother)
	}},
	{"an ended context sees an error that only reads like its own", func(open cachecheck.Open, load cachecheck.Load) *parts {
		return endedBefore(open, load, seesAlike)
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
		if err := ctx.Err(); err != nil {
			return then(ctx, key, get, err)
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
			return then(ctx, key, get, err)
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

// endsWith always returns the same error if a context has ended, whatever its own is.
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
