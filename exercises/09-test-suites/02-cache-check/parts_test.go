package cachecheck_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"

	"heisenkata/exercises/09-test-suites/02-cache-check"
)

type getter = func(ctx context.Context, key string) (string, error)

// parts are a cache of which a fault may replace either method.
type parts struct {
	get  getter
	drop func(key string)
}

func partsOf(c cachecheck.Cache) *parts { return &parts{get: c.Get, drop: c.Drop} }

// A sealed cache is what a check sees, of every cache. Neither its type nor what it prints as
// tells one from another. They cannot be compared.
type sealed struct {
	*hidden
	_ [0]func()
}

type hidden struct{ *parts }

// Get returns any value beside an error.
func (s sealed) Get(ctx context.Context, key string) (string, error) {
	value, err := s.get(quietly(ctx), key)
	if err != nil && rand.IntN(2) == 0 {
		value = aText()
	}
	return value, err
}

func (s sealed) Drop(key string) { s.drop(key) }

// A quiet context asks another one once for all that a cache may ask, and for Err when it has
// ended: what a cache asks, and how often, tells the check nothing.
type quiet struct {
	context.Context
	done <-chan struct{}
	err  func() error
}

func quietly(ctx context.Context) context.Context {
	ctx.Deadline()
	ctx.Value(question{})
	return &quiet{ctx, ctx.Done(), sync.OnceValue(ctx.Err)}
}

// question is a key for which no context has a value.
type question struct{}

func (q *quiet) Value(any) any { return nil }

func (q *quiet) Done() <-chan struct{} { return q.done }

func (q *quiet) Err() error {
	select {
	case <-q.done:
		return q.err()
	default:
		return nil
	}
}

// around is p's Get with something around it.
func around(p *parts, outer func(ctx context.Context, key string, get getter) (string, error)) getter {
	inner := p.get
	return func(ctx context.Context, key string) (string, error) { return outer(ctx, key, inner) }
}

// counts are how many Gets of each key are under way.
type counts struct {
	mu sync.Mutex
	n  map[string]int
}

// counted tells outer how many others of its key were under way when a Get began.
func (c *counts) counted(get getter, outer func(ctx context.Context, key string, others int, get getter) (string, error)) getter {
	return func(ctx context.Context, key string) (string, error) {
		others := c.add(key, 1) - 1
		defer c.add(key, -1)
		return outer(ctx, key, others, get)
	}
}

func (c *counts) add(key string, n int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[key] += n
	return c.n[key]
}

// What was before an era.
type before int

const (
	nothing before = iota
	anError
	aDroppedValue
	aDroppedLoad
)

// An era of a key is one load of it, and what is kept of that. It ends with an error, or when it is dropped.
type era struct {
	after     before
	earlier   *era
	gets      int // that are under way, of those that have begun in it
	loading   bool
	kept      bool
	dropped   bool // its load was, before it had returned
	overtaken bool // a later load has returned before its own
	onDrop    []func()
	left      struct{ first, later, all bool } // Gets whose context has ended
}

// eras know in which era each key is.
type eras struct {
	mu  sync.Mutex
	now map[string]*era
}

func (x *eras) of(key string) *era {
	if x.now[key] == nil {
		x.now[key] = &era{}
	}
	return x.now[key]
}

func (x *eras) watched(load cachecheck.Load) cachecheck.Load {
	return func(key string) (string, error) {
		x.mu.Lock()
		e := x.of(key)
		e.loading = true
		x.mu.Unlock()
		value, err := load(key)
		x.mu.Lock()
		defer x.mu.Unlock()
		e.loading, e.kept = false, err == nil
		for old := e.earlier; old != nil; old = old.earlier {
			old.overtaken = old.overtaken || old.loading
		}
		if err != nil && x.of(key) == e {
			x.now[key] = &era{after: anError, earlier: e}
		}
		return value, err
	}
}

// dropping ends an era before drop does.
func (x *eras) dropping(drop func(string)) func(string) {
	return func(key string) {
		x.mu.Lock()
		switch e := x.of(key); {
		case e.loading:
			e.dropped = true
			for _, do := range e.onDrop {
				do()
			}
			x.now[key] = &era{after: aDroppedLoad, earlier: e}
		case e.kept:
			x.now[key] = &era{after: aDroppedValue, earlier: e}
		}
		x.mu.Unlock()
		drop(key)
	}
}

// enter returns the era in which a Get begins, and how many others of it are under way.
func (x *eras) enter(key string) (e *era, others int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e = x.of(key)
	e.gets++
	return e, e.gets - 1
}

// whenDropped calls do when the load of an era is dropped.
func (x *eras) whenDropped(e *era, do func()) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if e.dropped {
		do()
		return
	}
	e.onDrop = append(e.onDrop, do)
}

func (x *eras) leave(e *era) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e.gets--
}

// gone records that the context of a Get has ended, which had found that many others.
func (x *eras) gone(e *era, others int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	e.left.first = e.left.first || first(others)
	e.left.later = e.left.later || later(others)
	e.left.all = e.left.all || e.gets == 1
}

func (x *eras) is(e *era, of func(*era) bool) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return of(e)
}

// underWay knows which loads are under way.
type underWay struct {
	mu   sync.Mutex
	all  loads
	keys map[string]*loads
}

// loads are those of one key, or of all.
type loads struct {
	now   int
	begun int
	ever  bool          // one has returned
	ended chan struct{} // closed when none is under way
}

func newUnderWay() *underWay { return &underWay{keys: map[string]*loads{}} }

func (u *underWay) watched(load cachecheck.Load) cachecheck.Load {
	return func(key string) (string, error) {
		u.count(key, (*loads).begin)
		defer u.count(key, (*loads).end)
		return load(key)
	}
}

func (u *underWay) count(key string, count func(*loads)) {
	u.mu.Lock()
	defer u.mu.Unlock()
	count(u.of(key))
	count(&u.all)
}

func (l *loads) begin() {
	l.begun++
	if l.now++; l.now == 1 {
		l.ended = make(chan struct{})
	}
}

func (l *loads) end() {
	l.ever = true
	if l.now--; l.now == 0 {
		close(l.ended)
	}
}

func (u *underWay) of(key string) *loads {
	if u.keys[key] == nil {
		u.keys[key] = &loads{}
	}
	return u.keys[key]
}

// wait waits until no load of key is under way, or ctx has ended.
func (u *underWay) wait(ctx context.Context, key string) { u.waitFor(ctx, u.look(key)) }

func (u *underWay) waitForAll(ctx context.Context) {
	u.mu.Lock()
	all := u.all
	u.mu.Unlock()
	u.waitFor(ctx, all)
}

func (u *underWay) waitFor(ctx context.Context, l loads) {
	if l.now > 0 {
		select {
		case <-l.ended:
		case <-ctx.Done():
		}
	}
}

// look returns the loads of key, as they are now.
func (u *underWay) look(key string) loads {
	u.mu.Lock()
	defer u.mu.Unlock()
	return *u.of(key)
}

// loading are the keys that are being loaded, in alphabetical order.
func (u *underWay) loading() (keys []string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for key, l := range u.keys {
		if l.now > 0 {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
