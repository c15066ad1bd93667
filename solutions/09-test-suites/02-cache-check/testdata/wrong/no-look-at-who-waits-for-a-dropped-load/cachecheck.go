// caught by: tests in TestDropFaults
// Wrong: two answers are right for a Get whose load was dropped, so it is not looked at: it may return neither.

// Package cachecheck tests loading caches: one check for every cache that a service
// may be given.
package cachecheck

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing/synctest"
)

// Load fetches the value of a key, which may take long. A cache may call it from any
// goroutine.
type Load func(key string) (string, error)

// Cache keeps values that it has loaded. The README has its contract. Both methods may be
// called from many goroutines at once.
type Cache interface {
	// Get returns the value of key, and loads it first if it is not kept. If ctx ends
	// while Get waits for a load, it returns the context's error.
	Get(ctx context.Context, key string) (string, error)

	// Drop forgets the value of key: later Gets load it again.
	Drop(key string)
}

// Open returns a new, empty cache that loads with load.
type Open func(load Load) Cache

// T is what a check reports to. Errorf may be called from any goroutine until the
// check returns.
type T interface {
	Errorf(format string, args ...any)
}

// A manual context ends when the check says so.
type manual struct {
	context.Context
	once sync.Once
	done chan struct{}
	mu   sync.Mutex
	err  error
}

func newManual() *manual {
	return &manual{Context: context.Background(), done: make(chan struct{})}
}

func (m *manual) Done() <-chan struct{} { return m.done }

func (m *manual) Err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

func (m *manual) end(err error) {
	m.once.Do(func() {
		m.mu.Lock()
		m.err = err
		m.mu.Unlock()
		close(m.done)
	})
}

type result struct {
	value string
	err   error
}

// A call of Get or Drop.
type call struct {
	result
	back bool
	ctx  *manual
}

// A bench has one cache on it. Its methods wait until the cache has done all that it will do.
type bench struct {
	t     T
	title string
	cache Cache

	mu    sync.Mutex
	loads map[string][]chan result // by key, in the order in which they began
	ended map[chan result]bool
	free  bool // all loads return at once
	calls []*call
}

func newBench(t T, open Open, title string) *bench {
	b := &bench{t: t, title: title, loads: map[string][]chan result{}, ended: map[chan result]bool{}}
	b.cache = open(b.load)
	return b
}

func (b *bench) load(key string) (string, error) {
	b.mu.Lock()
	if b.free {
		b.mu.Unlock()
		return "", nil
	}
	ch := make(chan result, 1)
	b.loads[key] = append(b.loads[key], ch)
	b.mu.Unlock()
	r := <-ch
	return r.value, r.err
}

func (b *bench) accuse(format string, args ...any) {
	b.t.Errorf("%s: %s", b.title, fmt.Sprintf(format, args...))
}

func (b *bench) run(c *call, f func() result) *call {
	b.mu.Lock()
	b.calls = append(b.calls, c)
	b.mu.Unlock()
	go func() {
		r := f()
		b.mu.Lock()
		defer b.mu.Unlock()
		c.result, c.back = r, true
	}()
	synctest.Wait()
	return c
}

func (b *bench) getWith(ctx *manual, key string) *call {
	c := &call{ctx: ctx}
	return b.run(c, func() result {
		value, err := b.cache.Get(ctx, key)
		return result{value, err}
	})
}

func (b *bench) get(key string) *call { return b.getWith(newManual(), key) }

func (b *bench) drop(key string) {
	c := b.run(&call{ctx: newManual()}, func() result {
		b.cache.Drop(key)
		return result{}
	})
	if !b.look(c).back {
		b.accuse("Drop waits")
	}
}

func (b *bench) leave(c *call, err error) {
	c.ctx.end(err)
	synctest.Wait()
}

// release lets the i-th load of a key return.
func (b *bench) release(key string, i int, value string, err error) {
	b.mu.Lock()
	if i < len(b.loads[key]) && !b.ended[b.loads[key][i]] {
		ch := b.loads[key][i]
		b.ended[ch] = true
		ch <- result{value, err}
	}
	b.mu.Unlock()
	synctest.Wait()
}

func (b *bench) look(c *call) call {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *c
}

// begun checks how many loads of a key have begun so far.
func (b *bench) begun(key string, want int) {
	b.mu.Lock()
	got := len(b.loads[key])
	b.mu.Unlock()
	if got != want {
		b.accuse("loads of %s that have begun: %d; want %d", key, got, want)
	}
}

func (b *bench) waits(calls ...*call) {
	for _, c := range calls {
		if c := b.look(c); c.back {
			b.accuse("a Get has returned %q, %v; it should wait", c.value, c.err)
		}
	}
}

func (b *bench) has(value string, calls ...*call) {
	for _, c := range calls {
		if c := b.look(c); !c.back {
			b.accuse("a Get waits; it should return %q", value)
		} else if c.err != nil || c.value != value {
			b.accuse("a Get has returned %q, %v; want %q", c.value, c.err, value)
		}
	}
}

func (b *bench) fails(want error, calls ...*call) {
	for _, c := range calls {
		if c := b.look(c); !c.back {
			b.accuse("a Get waits; it should return %v", want)
		} else if !errors.Is(c.err, want) {
			b.accuse("a Get has returned %q, %v; want %v", c.value, c.err, want)
		}
	}
}

// end lets everything return.
func (b *bench) end() {
	b.mu.Lock()
	b.free = true
	for _, list := range b.loads {
		for _, ch := range list {
			if !b.ended[ch] {
				b.ended[ch] = true
				ch <- result{}
			}
		}
	}
	calls := b.calls
	b.mu.Unlock()
	for _, c := range calls {
		c.ctx.end(context.Canceled)
	}
	synctest.Wait()
}

var errDown = errors.New("the database is down")

// Before a load of the key a.
var befores = []struct {
	name string
	do   func(b *bench)
	n    int // loads that have begun
}{
	{"at first", func(*bench) {}, 0},
	{"after an error", func(b *bench) {
		c := b.get("a")
		b.release("a", 0, "", errDown)
		b.fails(errDown, c)
	}, 1},
	{"after a value was dropped", func(b *bench) {
		c := b.get("a")
		b.release("a", 0, "old", nil)
		b.has("old", c)
		b.drop("a")
	}, 1},
	{"after a load was dropped", func(b *bench) {
		b.get("a")
		b.drop("a")
	}, 1},
}

// Check reports to t if the caches that open makes break their contract, and reports
// nothing if they keep it. It returns in either case, and leaves no goroutine behind.
//
// It runs in a synctest bubble.
func Check(t T, open Open) {
	try := func(title string, f func(b *bench)) {
		b := newBench(t, open, title)
		f(b)
		b.end()
	}
	for _, before := range befores {
		for _, value := range []string{"new", ""} {
			try("a load is shared "+before.name, func(b *bench) { share(b, before.do, before.n, value) })
		}
		try("an error is shared "+before.name, func(b *bench) { shareError(b, before.do, before.n) })
	}
	try("six keys", sixKeys)
	for _, err := range []error{context.Canceled, context.DeadlineExceeded} {
		for _, leavers := range [][]int{{0}, {1}, {2}, {0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 2}, {2, 1}, {0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {1, 2, 0}} {
			for _, joins := range []bool{false, true} {
				try(fmt.Sprintf("%v leave (%v)", leavers, err), func(b *bench) { leaving(b, leavers, err, joins) })
			}
		}
		try("one Get, which leaves", func(b *bench) { alone(b, err) })
		try("a context that has ended", func(b *bench) { late(b, err) })
	}
	for _, order := range [][]int{{0, 1}, {1, 0}} {
		for _, err := range []error{nil, errDown} {
			try(fmt.Sprintf("a load is dropped, order %v", order), func(b *bench) { dropOne(b, order, err) })
		}
	}
	for _, order := range [][]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		for _, err := range []error{nil, errDown} {
			try(fmt.Sprintf("two loads are dropped, order %v", order), func(b *bench) { dropTwo(b, order, err) })
		}
	}
	try("a dropped load returns before the next Get", func(b *bench) {
		b.get("a")
		b.drop("a")
		b.release("a", 0, "old", nil)
		c := b.get("a")
		b.begun("a", 2)
		b.waits(c)
		b.release("a", 1, "new", nil)
		b.has("new", c)
	})
	try("other keys", others)
}

func share(b *bench, before func(*bench), n int, value string) {
	before(b)
	gets := []*call{b.get("a"), b.get("a"), b.get("a")}
	b.begun("a", n+1)
	b.waits(gets...)
	b.release("a", n, value, nil)
	b.has(value, gets...)
	for range 2 {
		b.has(value, b.get("a"))
	}
	b.begun("a", n+1)
}

func shareError(b *bench, before func(*bench), n int) {
	before(b)
	gets := []*call{b.get("a"), b.get("a"), b.get("a")}
	b.begun("a", n+1)
	b.waits(gets...)
	failed := errors.New("the disk is full")
	b.release("a", n, "", failed)
	b.fails(failed, gets...)
	b.begun("a", n+1)
	next := b.get("a")
	b.begun("a", n+2)
	b.waits(next)
	b.release("a", n+1, "new", nil)
	b.has("new", next, b.get("a"))
	b.begun("a", n+2)
}

func sixKeys(b *bench) {
	keys := []string{"a", "b", "c", "d", "e", "f"}
	var gets []*call
	for i, key := range keys {
		gets = append(gets, b.get(key))
		b.begun(key, 1)
		if i == 3 { // the first is kept from now on
			b.release("a", 0, "value of a", nil)
			b.has("value of a", gets[0], b.get("a"))
		}
	}
	for _, i := range []int{5, 2, 1, 4, 3} {
		b.waits(gets[i])
		b.release(keys[i], 0, "value of "+keys[i], nil)
		b.has("value of "+keys[i], gets[i])
	}
	var again []*call
	for i, key := range keys {
		b.drop(key)
		again = append(again, b.get(key))
		b.begun(key, 2)
		if i < 5 {
			b.has("value of f", b.get("f"))
		}
	}
	b.waits(again...)
	for i, key := range keys {
		b.release(key, 1, "next "+key, nil)
		b.has("next "+key, again[i], b.get(key))
	}
}

func leaving(b *bench, leavers []int, err error, joins bool) {
	gets := []*call{b.get("a"), b.get("a"), b.get("a")}
	stay := map[int]bool{0: true, 1: true, 2: true}
	for _, i := range leavers {
		b.leave(gets[i], err)
		b.fails(err, gets[i])
		delete(stay, i)
		for i := range stay {
			b.waits(gets[i])
		}
	}
	var left []*call
	for i := range stay {
		left = append(left, gets[i])
	}
	if joins {
		left = append(left, b.get("a"))
	}
	b.begun("a", 1)
	b.waits(left...)
	b.release("a", 0, "value", nil)
	b.has("value", left...)
	if len(left) > 0 {
		b.has("value", b.get("a"))
		b.begun("a", 1)
	}
}

func alone(b *bench, err error) {
	c := b.get("a")
	b.leave(c, err)
	b.fails(err, c)
	next := b.get("a")
	b.begun("a", 1)
	b.release("a", 0, "value", nil)
	b.has("value", next, b.get("a"))
	b.begun("a", 1)
}

func late(b *bench, err error) {
	over := newManual()
	over.end(err)
	b.fails(err, b.getWith(over, "a"))
	c := b.get("a")
	b.begun("a", 1)
	b.fails(err, b.getWith(over, "a"))
	b.waits(c)
	b.release("a", 0, "value", nil)
	b.has("value", c)
	if c := b.getWith(over, "a"); b.look(c).err != nil {
		b.fails(err, c)
	} else {
		b.has("value", c)
	}
	b.has("value", b.get("a"))
	b.begun("a", 1)
}

func dropOne(b *bench, order []int, err error) {
	b.get("a")
	b.drop("a")
	c := b.get("a")
	b.begun("a", 2)
	for _, i := range order {
		if i == 0 {
			b.release("a", 0, "old", err)
		} else {
			b.waits(c)
			b.release("a", 1, "new", nil)
			b.has("new", c)
		}
		next := b.get("a")
		if b.begun("a", 2); i == 1 || order[0] == 1 {
			b.has("new", next)
		} else {
			b.waits(next)
		}
	}
}

func dropTwo(b *bench, order []int, err error) {
	b.get("a")
	b.drop("a")
	b.get("a")
	b.drop("a")
	c := b.get("a")
	b.begun("a", 3)
	came := false
	for _, i := range order {
		if i == 2 {
			b.waits(c)
			b.release("a", 2, "new", nil)
			b.has("new", c)
			came = true
		} else {
			b.release("a", i, fmt.Sprint("old ", i), err)
		}
		next := b.get("a")
		if b.begun("a", 3); came {
			b.has("new", next)
		} else {
			b.waits(next)
		}
	}
}

func others(b *bench) {
	a, c := b.get("a"), b.get("c")
	kept := b.get("b")
	b.release("b", 0, "value of b", nil)
	b.has("value of b", kept)
	check := func() {
		b.drop("a")
		b.has("value of b", b.get("b"))
		b.waits(c, b.get("c"))
		b.begun("b", 1)
		b.begun("c", 1)
	}
	check() // a is being loaded
	_ = a
	next := b.get("a")
	b.release("a", 1, "value of a", nil)
	b.has("value of a", next)
	check() // a is kept
	b.release("c", 0, "value of c", nil)
	b.has("value of c", c, b.get("c"))
	b.begun("c", 1)
}
