// caught by: tests in TestKeyFaults
// Wrong: five keys are loaded at a time, so a cache with five places for loads passes.

// Package cachecheck tests loading caches: one check for every cache that a service
// may be given.
package cachecheck

import (
	"context"
	"errors"
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

// Check reports to t if the caches that open makes break their contract, and reports
// nothing if they keep it. It returns in either case, and leaves no goroutine behind.
//
// It runs in a synctest bubble.
func Check(t T, open Open) {
	answers := []result{{"v", nil}, {"", nil}, {"", errors.New("no database")}}
	for _, a := range answers {
		run(t, open, func(b *bench) { shared(b, a) })
		for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
			run(t, open, func(b *bench) { left(b, a, end) })
			run(t, open, func(b *bench) { leftAlone(b, a, end) })
			run(t, open, func(b *bench) { ended(b, a, end) })
			for _, other := range answers {
				run(t, open, func(b *bench) { droppedAndLeft(b, a, other, end) })
			}
		}
		for _, other := range answers {
			for oldFirst := range 2 {
				for wait := range 3 {
					run(t, open, func(b *bench) { dropped(b, a, other, oldFirst == 0, wait) })
				}
			}
			run(t, open, func(b *bench) { droppedTwice(b, a, other) })
		}
	}
	run(t, open, keys)
	run(t, open, forgotten)
}

// shared lets three Gets share a load.
func shared(b *bench, a result) {
	for range 2 {
		gets := []*get{b.get("a"), b.get("a"), b.get("a")}
		b.loading("a", 1)
		for _, g := range gets {
			b.waits(g)
		}
		b.answer("a", 0, a)
		for _, g := range gets {
			b.returned(g, a)
		}
		b.kept("a", a)
		b.drop("a")
	}
	// All three at once.
	var gets []*get
	for range 3 {
		gets = append(gets, b.begin(newEnding(), "a"))
	}
	synctest.Wait()
	b.loading("a", 1)
	b.answer("a", 0, a)
	for _, g := range gets {
		b.returned(g, a)
	}
	b.kept("a", a)
}

// keys loads six keys at the same time.
func keys(b *bench) {
	names := []string{"a", "b", "c", "d", "e"}
	kept := b.get("kept")
	b.answer("kept", 0, result{"kept", nil})
	b.returned(kept, result{"kept", nil})
	var gets [5][2]*get
	for i, name := range names {
		gets[i][0] = b.get(name)
		b.loading(name, 1)
		b.kept("kept", result{"kept", nil})
	}
	for i, name := range names {
		gets[i][1] = b.get(name)
		b.loading(name, 1)
	}
	bad := errors.New("no database")
	for n, i := range []int{3, 0, 1, 4, 2} {
		a := result{"value of " + names[i], nil}
		if i == 0 || i == 4 {
			a = result{"", bad}
		}
		b.answer(names[i], 0, a)
		b.returned(gets[i][0], a)
		b.returned(gets[i][1], a)
		for _, k := range []int{3, 0, 1, 4, 2}[n+1:] {
			b.waits(gets[k][0])
			b.waits(gets[k][1])
			b.loading(names[k], 1)
		}
	}
	for i, name := range names {
		if i == 0 || i == 4 {
			a := result{"again " + name, nil}
			g := b.get(name)
			b.loading(name, 1)
			b.answer(name, 0, a)
			b.returned(g, a)
			b.kept(name, a)
			continue
		}
		b.kept(name, result{"value of " + name, nil})
	}
	b.kept("kept", result{"kept", nil})
}

// forgotten drops kept values.
func forgotten(b *bench) {
	for _, name := range []string{"a", "b", "c"} {
		g := b.get(name)
		b.answer(name, 0, result{name, nil})
		b.returned(g, result{name, nil})
	}
	waiting := b.get("d")
	b.drop("b")
	b.drop("never")
	b.kept("a", result{"a", nil})
	b.kept("c", result{"c", nil})
	b.waits(waiting)
	b.loading("d", 1)
	g := b.get("b")
	b.loading("b", 1)
	b.waits(g)
	b.drop("a")
	b.waits(g)
	b.loading("b", 1)
	more := b.get("b")
	b.loading("b", 1)
	b.answer("b", 0, result{"new", nil})
	b.returned(g, result{"new", nil})
	b.returned(more, result{"new", nil})
	b.kept("b", result{"new", nil})
	b.kept("c", result{"c", nil})
	b.answer("d", 0, result{"d", nil})
	b.returned(waiting, result{"d", nil})
	b.kept("d", result{"d", nil})
	g = b.get("a")
	b.loading("a", 1)
	b.answer("a", 0, result{"a2", nil})
	b.returned(g, result{"a2", nil})
	b.kept("a", result{"a2", nil})
}

// left ends the contexts of Gets one by one, the one that started the load first.
func left(b *bench, a result, end error) {
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
		gets := []*get{b.get("a"), b.get("a"), b.get("a")}
		for n, i := range order {
			gets[i].ctx.end(end)
			synctest.Wait()
			b.gone(gets[i], end)
			for _, k := range order[n+1:] {
				b.waits(gets[k])
			}
			b.loading("a", 1)
		}
		// No Get waits. A new one shares the load, and leaves, and one more comes.
		g := b.get("a")
		b.loading("a", 1)
		b.waits(g)
		g.ctx.end(end)
		synctest.Wait()
		b.gone(g, end)
		g, h := b.get("a"), b.get("a")
		b.loading("a", 1)
		h.ctx.end(end)
		synctest.Wait()
		b.gone(h, end)
		b.waits(g)
		b.answer("a", 0, a)
		b.returned(g, a)
		b.kept("a", a)
		g.ctx.end(end)
		synctest.Wait()
		if a.err == nil {
			b.keptNow("a", a)
		}
		b.drop("a")
	}
}

// leftAlone answers a load when all have left.
func leftAlone(b *bench, a result, end error) {
	g := b.get("a")
	g.ctx.end(end)
	synctest.Wait()
	b.gone(g, end)
	b.loading("a", 1)
	b.answer("a", 0, a)
	b.loading("a", 0)
	g = b.get("a")
	if a.err == nil && b.count("a") == 0 {
		b.returned(g, a)
		b.kept("a", a)
		return
	}
	b.loading("a", 1)
	b.waits(g)
	again := result{"again", nil}
	b.answer("a", 0, again)
	b.returned(g, again)
	b.kept("a", again)
}

// ended calls Get with a context that has ended.
func ended(b *bench, a result, end error) {
	over := newEnding()
	over.end(end)
	g := b.begin(over, "a")
	synctest.Wait()
	b.gone(g, end)
	if n := b.count("a"); n > 1 {
		b.errorf("one Get, and %d loads", n)
	}
	g = b.get("a")
	b.loading("a", 1)
	b.waits(g)
	h := b.begin(over, "a")
	synctest.Wait()
	b.gone(h, end)
	b.loading("a", 1)
	b.waits(g)
	b.answer("a", 0, a)
	b.returned(g, a)
	if a.err == nil {
		h = b.begin(over, "a")
		synctest.Wait()
		switch {
		case !h.done:
			b.errorf("a Get of a kept value waits")
		case h.err == nil && h.value != a.value || h.err != nil && !errors.Is(h.err, end):
			b.errorf("a Get of a kept value whose context has ended returned %q, %v", h.value, h.err)
		}
		b.loading("a", 0)
	}
	b.kept("a", a)
}

// dropped drops a load under way, for which some wait already.
func dropped(b *bench, old, new result, oldFirst bool, waiting int) {
	old.value += old.mark("old ")
	var before []*get
	before = append(before, b.get("a"))
	for range waiting {
		before = append(before, b.get("a"))
	}
	other := b.get("b")
	b.loading("a", 1)
	b.drop("a")
	b.waits(other)
	b.loading("b", 1)
	if waiting == 2 { // three Gets are enough
		before[2].ctx.end(context.Canceled)
		synctest.Wait()
		b.gone(before[2], context.Canceled)
		before = before[:2]
	}
	if waiting > 0 {
		before[1].ctx.end(context.DeadlineExceeded)
		synctest.Wait()
		b.gone(before[1], context.DeadlineExceeded)
		before = before[:1]
	}
	after := b.get("a")
	b.waits(after)
	b.loading("a", 2)
	if oldFirst {
		b.answer("a", 0, old)
		b.either(before, old, nil)
		b.loading("a", 1)
		b.waits(after)
		more := b.get("a")
		b.waits(more)
		b.loading("a", 1)
		b.answer("a", 0, new)
		b.returned(more, new)
	} else {
		b.answer("a", 1, new)
		b.returned(after, new)
		b.either(before, new, nil)
		b.loading("a", 1)
		if new.err == nil {
			b.keptNow("a", new)
			b.answer("a", 0, old)
			b.keptNow("a", new)
		} else {
			b.answer("a", 0, old)
		}
	}
	b.returned(after, new)
	for _, g := range before {
		if !g.done {
			b.errorf("all loads have returned, and a Get waits")
		}
	}
	b.either(before, old, &new)
	b.kept("a", new)
	b.answer("b", 0, result{"b", nil})
	b.returned(other, result{"b", nil})
	b.kept("b", result{"b", nil})
}

// droppedAndLeft drops a load that no Get waits for any more.
func droppedAndLeft(b *bench, old, new result, end error) {
	old.value += old.mark("old ")
	g := b.get("a")
	g.ctx.end(end)
	synctest.Wait()
	b.gone(g, end)
	b.drop("a")
	g = b.get("a")
	b.loading("a", 2)
	b.answer("a", 0, old)
	b.waits(g)
	b.answer("a", 0, new)
	b.returned(g, new)
	b.kept("a", new)

	// And without a Get before the dropped load returns.
	b.drop("a")
	g = b.get("a")
	b.loading("a", 1)
	g.ctx.end(end)
	synctest.Wait()
	b.drop("a")
	b.answer("a", 0, old)
	g = b.get("a")
	b.loading("a", 1)
	b.waits(g)
	b.answer("a", 0, new)
	b.returned(g, new)
	b.kept("a", new)
}

// droppedTwice drops a load, and then the next one. The Gets that wait for them leave.
func droppedTwice(b *bench, old, new result) {
	old.value += old.mark("old ")
	for n := range 2 {
		g := b.get("a")
		b.loading("a", n+1)
		g.ctx.end(context.Canceled)
		synctest.Wait()
		b.gone(g, context.Canceled)
		b.drop("a")
	}
	g := b.get("a")
	b.loading("a", 3)
	b.waits(g)
	b.answer("a", 1, old)
	b.waits(g)
	b.loading("a", 2)
	b.answer("a", 1, new)
	b.returned(g, new)
	if new.err == nil {
		b.keptNow("a", new)
	}
	b.answer("a", 0, old)
	b.kept("a", new)
}

// A result is what a load, or a Get, returns.
type result struct {
	value string
	err   error
}

// mark makes the value of a dropped load another one.
func (r result) mark(s string) string {
	if r.err != nil {
		return ""
	}
	return s
}

// ending is a context that ends when the check says so.
type ending struct {
	context.Context
	done chan struct{}
	mu   sync.Mutex
	err  error
}

func newEnding() *ending {
	return &ending{Context: context.Background(), done: make(chan struct{})}
}

func (e *ending) Done() <-chan struct{} { return e.done }

func (e *ending) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}

func (e *ending) end(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.err == nil {
		e.err = err
		close(e.done)
	}
}

// get is a call of Get. Its results are read after synctest.Wait.
type get struct {
	ctx *ending
	key string
	result
	done bool
}

type loading struct {
	key    string
	answer chan result
}

// bench is a cache and what goes on in it.
type bench struct {
	cache  Cache
	errors []string
	args   [][]any
	gets   []*get

	mu    sync.Mutex
	loads []*loading // under way
	over  bool
}

// run runs one scenario with a new cache.
func run(t T, open Open, scenario func(*bench)) {
	b := &bench{}
	b.cache = open(b.load)
	scenario(b)

	b.mu.Lock()
	b.over = true
	for _, l := range b.loads {
		l.answer <- result{"over", nil}
	}
	b.mu.Unlock()
	for _, g := range b.gets {
		g.ctx.end(context.Canceled)
	}
	synctest.Wait()
	if len(b.errors) > 0 {
		t.Errorf(b.errors[0], b.args[0]...)
	}
}

func (b *bench) errorf(format string, args ...any) {
	b.errors = append(b.errors, format)
	b.args = append(b.args, args)
}

func (b *bench) load(key string) (string, error) {
	l := &loading{key, make(chan result, 1)}
	b.mu.Lock()
	if b.over {
		b.mu.Unlock()
		return "over", nil
	}
	b.loads = append(b.loads, l)
	b.mu.Unlock()
	r := <-l.answer
	return r.value, r.err
}

// begin calls Get.
func (b *bench) begin(ctx *ending, key string) *get {
	g := &get{ctx: ctx, key: key}
	b.gets = append(b.gets, g)
	go func() {
		value, err := b.cache.Get(ctx, key)
		b.mu.Lock()
		defer b.mu.Unlock()
		g.result = result{value, err}
		g.done = true
	}()
	return g
}

// get calls Get, and waits until it has returned or waits.
func (b *bench) get(key string) *get {
	g := b.begin(newEnding(), key)
	synctest.Wait()
	return g
}

func (b *bench) drop(key string) {
	dropped := make(chan struct{})
	go func() {
		b.cache.Drop(key)
		close(dropped)
	}()
	synctest.Wait()
	select {
	case <-dropped:
	default:
		b.errorf("Drop waits")
	}
}

// count returns how many loads of a key are under way.
func (b *bench) count(key string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.loads {
		if l.key == key {
			n++
		}
	}
	return n
}

func (b *bench) loading(key string, want int) {
	if n := b.count(key); n != want {
		b.errorf("%d loads of %q are under way; want %d", n, key, want)
	}
}

// answer lets the load of a key return that is the i-th of those under way.
func (b *bench) answer(key string, i int, r result) {
	b.mu.Lock()
	found := false
	for k, l := range b.loads {
		if l.key != key {
			continue
		}
		if i--; i < 0 {
			b.loads = append(b.loads[:k:k], b.loads[k+1:]...)
			l.answer <- r
			found = true
			break
		}
	}
	b.mu.Unlock()
	if !found {
		b.errorf("a load of %q is missing", key)
	}
	synctest.Wait()
}

func (b *bench) waits(g *get) {
	if g.done {
		b.errorf("Get(%q) has returned %q, %v, and should wait", g.key, g.value, g.err)
	}
}

func (g *get) is(r result) bool {
	if r.err != nil {
		return g.done && errors.Is(g.err, r.err)
	}
	return g.done && g.err == nil && g.value == r.value
}

func (b *bench) returned(g *get, r result) {
	if !g.is(r) {
		b.errorf("Get(%q): returned %v, %q, %v; want %q, %v", g.key, g.done, g.value, g.err, r.value, r.err)
	}
}

func (b *bench) gone(g *get, end error) {
	if !g.done || !errors.Is(g.err, end) {
		b.errorf("Get(%q): returned %v, %q, %v; its context has ended: %v", g.key, g.done, g.value, g.err, end)
	}
}

// either checks that those that have returned have one of two results.
func (b *bench) either(gets []*get, r result, other *result) {
	for _, g := range gets {
		if g.done && !g.is(r) && (other == nil || !g.is(*other)) {
			b.errorf("Get(%q) = %q, %v, from a load that was dropped", g.key, g.value, g.err)
		}
	}
}

// keptNow checks that a Get returns the value without a load.
func (b *bench) keptNow(key string, r result) {
	before := b.count(key)
	b.returned(b.get(key), r)
	b.loading(key, before)
}

// kept checks that a value is kept, and an error is not.
func (b *bench) kept(key string, r result) {
	b.loading(key, 0)
	if r.err == nil {
		for range 3 {
			b.keptNow(key, r)
		}
		return
	}
	g := b.get(key)
	b.loading(key, 1)
	b.waits(g)
	b.answer(key, 0, result{"recovered", nil})
	b.returned(g, result{"recovered", nil})
	b.keptNow(key, result{"recovered", nil})
}
