// caught by: tests, race or repeat in TestErrorFaults
// Wrong: three Gets share each value, but only two share an error. What the third one gets may be wrong.

// Package cachecheck tests loading caches: one check for every cache that a service
// may be given.
package cachecheck

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing/synctest"
	"time"
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

type result struct {
	value string
	err   error
}

type loading struct {
	key    string
	answer chan result
	got    bool
}

type ending struct {
	context.Context
	done chan struct{}
	once sync.Once
	mu   sync.Mutex
	err  error
}

func newEnding() *ending { return &ending{Context: context.Background(), done: make(chan struct{})} }

func (e *ending) Done() <-chan struct{}       { return e.done }
func (e *ending) Deadline() (time.Time, bool) { return time.Time{}, false }
func (e *ending) Err() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.err
}
func (e *ending) end(err error) {
	e.once.Do(func() {
		e.mu.Lock()
		e.err = err
		e.mu.Unlock()
		close(e.done)
	})
}

type get struct {
	ctx  *ending
	done bool
	result
}

type lab struct {
	t     T
	what  string
	cache Cache
	mu    sync.Mutex
	loads []*loading
	gets  []*get
}

func newLab(t T, open Open, format string, args ...any) *lab {
	l := &lab{t: t, what: fmt.Sprintf(format, args...)}
	l.cache = open(func(key string) (string, error) {
		p := &loading{key: key, answer: make(chan result, 1)}
		l.mu.Lock()
		l.loads = append(l.loads, p)
		l.mu.Unlock()
		r := <-p.answer
		return r.value, r.err
	})
	return l
}

func (l *lab) fail(format string, args ...any) {
	l.t.Errorf("%s: %s", l.what, fmt.Sprintf(format, args...))
}

func (l *lab) begin(ctx *ending, key string) *get {
	g := &get{ctx: ctx}
	l.gets = append(l.gets, g)
	go func() {
		value, err := l.cache.Get(ctx, key)
		l.mu.Lock()
		defer l.mu.Unlock()
		g.done, g.result = true, result{value, err}
	}()
	synctest.Wait()
	return g
}

func (l *lab) get(key string) *get { return l.begin(newEnding(), key) }

func (l *lab) drop(key string) {
	done := false
	go func() {
		l.cache.Drop(key)
		l.mu.Lock()
		defer l.mu.Unlock()
		done = true
	}()
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if !done {
		l.fail("Drop waits")
	}
}

// pending are the loads of key under way.
func (l *lab) pending(key string) (list []*loading) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.loads {
		if !p.got && p.key == key {
			list = append(list, p)
		}
	}
	return list
}

func (l *lab) count(n int, key, when string) bool {
	l.mu.Lock()
	all := 0
	for _, p := range l.loads {
		if !p.got {
			all++
		}
	}
	l.mu.Unlock()
	got := len(l.pending(key))
	if got != n {
		l.fail("%s: %d loads of %s under way (%d of all), want %d", when, got, key, all, n)
	}
	return got == n
}

func (l *lab) answer(p *loading, r result) {
	p.got = true
	p.answer <- r
	synctest.Wait()
}

func is(g result, r result) bool {
	if r.err != nil {
		return g.err != nil && errors.Is(g.err, r.err)
	}
	return g.err == nil && g.value == r.value
}

func (l *lab) returned(g *get, when string, among ...result) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !g.done {
		l.fail("%s: a Get waits", when)
		return
	}
	for _, r := range among {
		if is(g.result, r) {
			return
		}
	}
	l.fail("%s: a Get returned %q, %v; want %v", when, g.value, g.err, among)
}

func (l *lab) waits(g *get, when string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g.done {
		l.fail("%s: a Get has returned %q, %v", when, g.value, g.err)
	}
}

// ifReturned checks what a Get has returned, if it has.
func (l *lab) ifReturned(g *get, when string, among ...result) {
	l.mu.Lock()
	done := g.done
	l.mu.Unlock()
	if done {
		l.returned(g, when, among...)
	}
}

func (l *lab) kept(key string, r result, when string) {
	n := len(l.pending(key))
	g := l.get(key)
	l.count(n, key, when)
	l.returned(g, when, r)
}

// close ends all that goes on.
func (l *lab) close() {
	for _, g := range l.gets {
		g.ctx.end(context.Canceled)
	}
	synctest.Wait()
	for {
		l.mu.Lock()
		var left []*loading
		for _, p := range l.loads {
			if !p.got {
				left = append(left, p)
				p.got = true
			}
		}
		l.mu.Unlock()
		if len(left) == 0 {
			return
		}
		for _, p := range left {
			p.answer <- result{}
		}
		synctest.Wait()
	}
}

type failure struct{ text string }

func (f *failure) Error() string { return f.text }

func fails(text string) result { return result{err: &failure{text}} }

// prepare brings a into a state: 1 after an error, 2 after a dropped value, 3 after a dropped load, which it returns.
func (l *lab) prepare(state int) (old *loading, ok bool) {
	if state == 0 {
		return nil, true
	}
	g := l.get("a")
	if !l.count(1, "a", "at first") {
		return nil, false
	}
	p := l.pending("a")[0]
	switch state {
	case 1:
		r := fails("at first")
		l.answer(p, r)
		l.returned(g, "at first", r)
	case 2:
		l.answer(p, result{value: "old"})
		l.returned(g, "at first", result{value: "old"})
		l.drop("a")
	case 3:
		l.drop("a")
		return p, true
	}
	return nil, true
}

func sharing(t T, open Open, state int, r result) {
	l := newLab(t, open, "sharing after %d, %v", state, r)
	defer l.close()
	old, ok := l.prepare(state)
	if !ok {
		return
	}
	var gets []*get
	n := 1
	if old != nil {
		n = 2
	}
	many := 3
	if r.err != nil {
		many = 2 // one that begins the load, and one that waits
	}
	for range many {
		gets = append(gets, l.get("a"))
		if !l.count(n, "a", "three Gets") {
			return
		}
	}
	if old != nil {
		l.answer(old, fails("dropped"))
		if !l.count(1, "a", "dropped") {
			return
		}
	}
	for _, g := range gets {
		l.waits(g, "loading")
	}
	l.answer(l.pending("a")[0], r)
	for _, g := range gets {
		l.returned(g, "loaded", r)
	}
	if !l.count(0, "a", "loaded") {
		return
	}
	if r.err != nil {
		g := l.get("a")
		if !l.count(1, "a", "after the error") {
			return
		}
		l.waits(g, "after the error")
		r = result{value: "second"}
		l.answer(l.pending("a")[0], r)
		l.returned(g, "after the error", r)
	}
	l.kept("a", r, "kept")
	l.kept("a", r, "kept")
}

func keys(t T, open Open) {
	l := newLab(t, open, "keys")
	defer l.close()
	l.get("k")
	if !l.count(1, "k", "one") {
		return
	}
	l.answer(l.pending("k")[0], result{value: "K"})
	names := []string{"a", "b", "c", "d", "e", "f"}
	var gets []*get
	for _, name := range names {
		gets = append(gets, l.get(name))
		if !l.count(1, name, "six keys") {
			return
		}
		l.kept("k", result{value: "K"}, "while others load")
	}
	for i := range names {
		i = (i + 3) % 6
		l.waits(gets[i], "six keys")
		r := result{value: "value " + names[i]}
		l.answer(l.pending(names[i])[0], r)
		l.returned(gets[i], "six keys", r)
	}
	for _, name := range names {
		l.kept(name, result{value: "value " + name}, "six keys")
	}
	// Drop is of its key only.
	x := l.get("x")
	l.drop("a")
	l.drop("nothing")
	l.kept("b", result{value: "value b"}, "a was dropped")
	l.get("x")
	if !l.count(1, "x", "a was dropped") {
		return
	}
	y := l.get("y")
	l.drop("y")
	l.get("x")
	if !l.count(1, "x", "y was dropped") {
		return
	}
	l.answer(l.pending("x")[0], result{value: "X"})
	l.returned(x, "others were dropped", result{value: "X"})
	l.kept("x", result{value: "X"}, "others were dropped")
	_ = y
}

func leaving(t T, open Open, who []int, end error, another bool) {
	l := newLab(t, open, "%v leave with %v, another comes: %v", who, end, another)
	defer l.close()
	var gets []*get
	for range 3 {
		gets = append(gets, l.get("a"))
	}
	if !l.count(1, "a", "three Gets") {
		return
	}
	left := map[int]bool{}
	for _, i := range who {
		gets[i].ctx.end(end)
		synctest.Wait()
		left[i] = true
		l.returned(gets[i], "it leaves", result{err: end})
		for k, g := range gets {
			if !left[k] {
				l.waits(g, "others leave")
			}
		}
	}
	if !l.count(1, "a", "some have left") {
		return
	}
	if another {
		gets = append(gets, l.get("a"))
		if !l.count(1, "a", "another has come") {
			return
		}
	}
	r := result{value: "v"}
	l.answer(l.pending("a")[0], r)
	for k, g := range gets {
		if !left[k] {
			l.returned(g, "some have left", r)
		}
	}
	if len(left) < len(gets) {
		l.kept("a", r, "some have left")
	}
}

func ended(t T, open Open, end error) {
	l := newLab(t, open, "a context that has ended before: %v", end)
	defer l.close()
	ctx := newEnding()
	ctx.end(end)
	l.returned(l.begin(ctx, "a"), "before", result{err: end})
	g := l.get("a")
	if !l.count(1, "a", "before") {
		return
	}
	l.returned(l.begin(ctx, "a"), "during", result{err: end})
	if !l.count(1, "a", "during") {
		return
	}
	l.waits(g, "during")
	r := result{value: "v"}
	l.answer(l.pending("a")[0], r)
	l.returned(g, "during", r)
	l.returned(l.begin(ctx, "a"), "after", result{err: end}, r)
	l.kept("a", r, "after")
}

// dropping drops a load, whose Gets may wait for the next one.
func dropping(t T, open Open, first, second result, oldFirst bool) {
	l := newLab(t, open, "a load that returns %v is dropped, next one %v, in this order: %v", first, second, oldFirst)
	defer l.close()
	var gets []*get
	for range 3 {
		gets = append(gets, l.get("a"))
	}
	if !l.count(1, "a", "three Gets") {
		return
	}
	old := l.pending("a")[0]
	l.drop("a")
	for _, g := range gets {
		l.waits(g, "dropped")
	}
	next := l.get("a")
	if !l.count(2, "a", "dropped") {
		return
	}
	both := l.pending("a")
	fresh := both[1]
	var back []result
	one := func(p *loading, r result) {
		l.answer(p, r)
		back = append(back, r)
		for _, g := range gets {
			l.ifReturned(g, "dropped", back...)
		}
	}
	if oldFirst {
		one(old, first)
		l.waits(next, "the dropped load has returned")
		l.get("a")
		if !l.count(1, "a", "the dropped load has returned") {
			return
		}
		one(fresh, second)
	} else {
		one(fresh, second)
		l.returned(next, "the next load has returned", second)
		if second.err == nil {
			l.kept("a", second, "the next load has returned")
		}
		one(old, first)
	}
	l.returned(next, "both have returned", second)
	for _, g := range gets {
		l.returned(g, "both have returned", first, second)
	}
	if second.err == nil {
		l.kept("a", second, "both have returned")
		l.kept("a", second, "both have returned")
		return
	}
	g := l.get("a")
	if !l.count(1, "a", "the next load has failed") {
		return
	}
	l.answer(l.pending("a")[0], result{value: "third"})
	l.returned(g, "the next load has failed", result{value: "third"})
}

// twice drops a load, and the next.
func twice(t T, open Open, r result) {
	l := newLab(t, open, "two drops, %v", r)
	defer l.close()
	l.get("a")
	l.drop("a")
	l.get("a")
	l.drop("a")
	g := l.get("a")
	if !l.count(3, "a", "two drops") {
		return
	}
	loads := l.pending("a")
	l.answer(loads[0], r)
	l.waits(g, "two drops")
	h := l.get("a")
	l.waits(h, "two drops")
	if !l.count(2, "a", "two drops") {
		return
	}
	l.answer(loads[1], r)
	l.waits(g, "two drops")
	if !l.count(1, "a", "two drops") {
		return
	}
	last := result{value: "last"}
	l.answer(loads[2], last)
	l.returned(g, "two drops", last)
	l.returned(h, "two drops", last)
	l.kept("a", last, "two drops")
}

// Check reports to t if the caches that open makes break their contract, and reports
// nothing if they keep it. It returns in either case, and leaves no goroutine behind.
//
// It runs in a synctest bubble.
func Check(t T, open Open) {
	for state := range 4 {
		for _, r := range []result{{value: "v"}, {}, fails("no")} {
			sharing(t, open, state, r)
		}
	}
	keys(t, open)
	for _, end := range []error{context.Canceled, context.DeadlineExceeded} {
		for _, who := range [][]int{{0}, {1}, {2}, {0, 1}, {1, 0}, {2, 1}, {0, 1, 2}, {2, 1, 0}} {
			for _, another := range []bool{false, true} {
				leaving(t, open, who, end, another)
			}
		}
		ended(t, open, end)
	}
	for _, oldFirst := range []bool{true, false} {
		for _, first := range []result{{value: "first"}, fails("first")} {
			for _, second := range []result{{value: "second"}, fails("second")} {
				dropping(t, open, first, second, oldFirst)
			}
		}
	}
	twice(t, open, result{value: "dropped"})
	twice(t, open, fails("dropped"))
}
