// caught by: tests in TestDropFaults
// Wrong: after a Drop it looks at no value of another key.

package cachecheck

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing/synctest"
)

// Load fetches the value of a key.
type Load func(key string) (string, error)

// Cache keeps values that it has loaded.
type Cache interface {
	Get(ctx context.Context, key string) (string, error)
	Drop(key string)
}

// Open returns a new, empty cache that loads with load.
type Open func(load Load) Cache

// T is what a check reports to.
type T interface {
	Errorf(format string, args ...any)
}

func Check(t T, open Open) {
	in(t, open, plain)
	in(t, open, shared)
	in(t, open, keys)
	in(t, open, failing)
	in(t, open, failingAlone)
	for leaves := range 3 {
		in(t, open, func(l *lab) { leaving(l, leaves) })
	}
	in(t, open, allLeave)
	for _, oldFirst := range []bool{true, false} {
		in(t, open, func(l *lab) { dropping(l, oldFirst) })
	}
	in(t, open, dropAlone)
	in(t, open, dropAnother)
}

func plain(l *lab) {
	first := l.get("a")
	l.begun("a", 1)
	l.answer("a", 0, nil)
	first.returns(value("a", 0))
	l.get("a").returns(value("a", 0))
	l.begun("a", 1)
	other := l.get("b")
	l.begun("b", 1)
	l.answer("b", 0, nil)
	other.returns(value("b", 0))
	l.drop("a")
	again := l.get("a")
	l.begun("a", 2)
	l.answer("a", 1, nil)
	again.returns(value("a", 1))
	l.get("a").returns(value("a", 1))
	l.begun("a", 2)
}

func shared(l *lab) {
	var calls []*call
	for range 5 {
		calls = append(calls, l.get("a"))
		l.begun("a", 1)
	}
	l.answer("a", 0, nil)
	for _, c := range calls {
		c.returns(value("a", 0))
	}
	l.get("a").returns(value("a", 0))
	l.begun("a", 1)
}

func keys(l *lab) {
	kept := l.get("kept")
	l.answer("kept", 0, nil)
	kept.returns(value("kept", 0))
	var calls []*call
	for i := range 5 {
		key := fmt.Sprint("key ", i)
		calls = append(calls, l.get(key))
		l.begun(key, 1)
	}
	l.get("kept").returns(value("kept", 0))
	l.begun("kept", 1)
	for i, c := range calls {
		c.waits()
		l.answer(fmt.Sprint("key ", i), 0, nil)
		c.returns(value(fmt.Sprint("key ", i), 0))
	}
}

func failing(l *lab) {
	calls := []*call{l.get("a"), l.get("a"), l.get("a")}
	l.answer("a", 0, errDown)
	for _, c := range calls {
		c.fails(errDown)
	}
	l.begun("a", 1)
	calls = []*call{l.get("a"), l.get("a")}
	l.begun("a", 2)
	l.answer("a", 1, nil)
	for _, c := range calls {
		c.returns(value("a", 1))
	}
	l.get("a").returns(value("a", 1))
	l.begun("a", 2)
}

func failingAlone(l *lab) {
	first := l.get("a")
	l.answer("a", 0, errDown)
	first.fails(errDown)
	again := l.get("a")
	l.begun("a", 2)
	l.answer("a", 1, nil)
	again.returns(value("a", 1))
}

// leaving: three wait, and one of them leaves.
func leaving(l *lab, leaves int) {
	var calls []*call
	var leave context.CancelFunc
	for i := range 3 {
		ctx, cancel := context.WithCancel(l.ctx)
		defer cancel()
		if calls = append(calls, l.getWith(ctx, "a")); i == leaves {
			leave = cancel
		}
	}
	leave()
	synctest.Wait()
	calls[leaves].fails(context.Canceled)
	calls = append(calls[:leaves], calls[leaves+1:]...)
	calls = append(calls, l.get("a"))
	l.begun("a", 1)
	for _, c := range calls {
		c.waits()
	}
	l.answer("a", 0, nil)
	for _, c := range calls {
		c.returns(value("a", 0))
	}
	l.get("a").returns(value("a", 0))
	l.begun("a", 1)
}

func allLeave(l *lab) {
	ctx, cancel := context.WithCancel(l.ctx)
	defer cancel()
	first, second := l.getWith(ctx, "a"), l.getWith(ctx, "a")
	cancel()
	synctest.Wait()
	first.fails(context.Canceled)
	second.fails(context.Canceled)
	late := l.get("a")
	l.begun("a", 1)
	late.waits()
	l.answer("a", 0, nil)
	late.returns(value("a", 0))
	l.get("a").returns(value("a", 0))
	l.begun("a", 1)
}

// dropping: a load is dropped, and returns before or after the next one.
func dropping(l *lab, oldFirst bool) {
	l.get("a")
	l.drop("a")
	second := l.get("a")
	l.begun("a", 2)
	second.waits()
	if oldFirst {
		l.answer("a", 0, nil)
		second.waits()
		third := l.get("a")
		third.waits()
		l.begun("a", 2)
		l.answer("a", 1, nil)
		third.returns(value("a", 1))
	} else {
		l.answer("a", 1, nil)
		second.returns(value("a", 1))
		l.get("a").returns(value("a", 1))
		l.answer("a", 0, nil)
	}
	second.returns(value("a", 1))
	l.get("a").returns(value("a", 1))
	l.begun("a", 2)
}

// dropAlone: no Get comes until the dropped load has returned.
func dropAlone(l *lab) {
	ctx, leave := context.WithCancel(l.ctx)
	defer leave()
	l.getWith(ctx, "a")
	l.drop("a")
	l.answer("a", 0, nil)
	late := l.get("a")
	l.begun("a", 2)
	late.waits()
	l.answer("a", 1, nil)
	late.returns(value("a", 1))
}

func dropAnother(l *lab) {
	a, b := l.get("a"), l.get("b")
	l.drop("a")
	l.drop("c")
	b2 := l.get("b")
	l.begun("b", 1)
	l.answer("b", 0, nil)
	b.returns(value("b", 0))
	b2.returns(value("b", 0))
	l.answer("a", 0, nil)
	_ = a
}

var errDown = errors.New("database is down")

type result struct {
	value string
	err   error
}

// A lab has a cache, and decides when its loads return, and what.
type lab struct {
	t      T
	cache  Cache
	ctx    context.Context
	cancel context.CancelFunc
	over   chan struct{}

	mu    sync.Mutex
	loads map[string][]chan result
}

func (l *lab) load(key string) (string, error) {
	answer := make(chan result, 1)
	l.mu.Lock()
	l.loads[key] = append(l.loads[key], answer)
	l.mu.Unlock()
	select {
	case r := <-answer:
		return r.value, r.err
	case <-l.over:
		return "", errDown
	}
}

// in runs a scenario with a new cache, and afterwards lets everything end.
func in(t T, open Open, scenario func(l *lab)) {
	l := &lab{t: t, over: make(chan struct{}), loads: map[string][]chan result{}}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.cache = open(l.load)
	scenario(l)
	l.cancel()
	close(l.over)
	synctest.Wait()
}

// begun fails unless so many loads of key have begun.
func (l *lab) begun(key string, want int) {
	l.mu.Lock()
	n := len(l.loads[key])
	l.mu.Unlock()
	if n != want {
		l.t.Errorf("%d loads of %s have begun, not %d", n, key, want)
	}
}

// answer lets load number i of key return.
func (l *lab) answer(key string, i int, err error) {
	l.mu.Lock()
	if i < len(l.loads[key]) {
		r := result{value: value(key, i)}
		if err != nil {
			r = result{err: err}
		}
		select {
		case l.loads[key][i] <- r:
		default:
		}
	}
	l.mu.Unlock()
	synctest.Wait()
}

func value(key string, i int) string { return fmt.Sprintf("%s, load %d", key, i) }

// A call is a Get or Drop on a goroutine of its own.
type call struct {
	l    *lab
	name string
	done atomic.Bool
	result
}

func (l *lab) start(name string, fn func() (string, error)) *call {
	c := &call{l: l, name: name}
	go func() {
		c.value, c.err = fn()
		c.done.Store(true)
	}()
	synctest.Wait()
	return c
}

func (l *lab) get(key string) *call { return l.getWith(l.ctx, key) }

func (l *lab) getWith(ctx context.Context, key string) *call {
	return l.start("Get("+key+")", func() (string, error) { return l.cache.Get(ctx, key) })
}

func (l *lab) drop(key string) {
	c := l.start("Drop("+key+")", func() (string, error) { l.cache.Drop(key); return "", nil })
	if !c.done.Load() {
		l.t.Errorf("Drop(%s) waits", key)
	}
}

func (c *call) waits() {
	if c.done.Load() {
		c.l.t.Errorf("%s returned %q, %v before its load", c.name, c.value, c.err)
	}
}

func (c *call) returns(want string) {
	switch {
	case !c.done.Load():
		c.l.t.Errorf("%s waits", c.name)
	case c.err != nil || c.value != want:
		c.l.t.Errorf("%s returned %q, %v, not %q", c.name, c.value, c.err, want)
	}
}

func (c *call) fails(want error) {
	switch {
	case !c.done.Load():
		c.l.t.Errorf("%s waits", c.name)
	case !errors.Is(c.err, want):
		c.l.t.Errorf("%s returned %q, %v, not the error %v", c.name, c.value, c.err, want)
	}
}
