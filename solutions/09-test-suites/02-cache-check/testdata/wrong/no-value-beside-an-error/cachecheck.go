// caught by: tests in TestRightCaches
// Wrong: a Get that returns an error returns no value? What it returns beside an error is left open.

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

// Check reports to t if the caches that open makes break their contract, and reports
// nothing if they keep it. It returns in either case, and leaves no goroutine behind.
//
// It runs in a synctest bubble.
func Check(t T, open Open) {
	for _, test := range []func(*bench){sharing, keys, failures, contexts, drops} {
		b := &bench{T: t}
		b.cache = open(b.load)
		test(b)
		b.end()
	}
}

// A bench is a cache whose loads wait until the check answers them.
type bench struct {
	T
	cache   Cache
	mu      sync.Mutex
	flights []*flight
	cancels []context.CancelFunc
	ended   bool
}

// A flight is a load under way.
type flight struct {
	key    string
	answer chan answer
}

type answer struct {
	value string
	err   error
}

func (b *bench) load(key string) (string, error) {
	f := &flight{key, make(chan answer, 1)}
	b.mu.Lock()
	b.flights = append(b.flights, f)
	if b.ended {
		f.answer <- answer{}
	}
	b.mu.Unlock()
	a := <-f.answer
	return a.value, a.err
}

// answer has a load return, and waits until nothing more comes of it.
func (b *bench) answer(f *flight, a answer) {
	f.answer <- a
	synctest.Wait()
}

// loads returns the loads of key that have begun, when nothing runs any more.
func (b *bench) loads(key string) (list []*flight) {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, f := range b.flights {
		if f.key == key {
			list = append(list, f)
		}
	}
	return list
}

// A get is a call of Get.
type get struct {
	cancel context.CancelFunc
	result chan answer
}

// get calls Get, and returns when it has returned or waits.
func (b *bench) get(key string) *get {
	ctx, cancel := context.WithCancel(context.Background())
	b.cancels = append(b.cancels, cancel)
	return b.getWith(ctx, cancel, key)
}

func (b *bench) getWith(ctx context.Context, cancel context.CancelFunc, key string) *get {
	g := &get{cancel, make(chan answer, 1)}
	go func() {
		value, err := b.cache.Get(ctx, key)
		g.result <- answer{value, err}
	}()
	synctest.Wait()
	return g
}

// drop calls Drop, and reports if it waits.
func (b *bench) drop(key string) {
	done := make(chan struct{})
	go func() {
		b.cache.Drop(key)
		close(done)
	}()
	synctest.Wait()
	select {
	case <-done:
	default:
		b.Errorf("Drop(%s) waits", key)
	}
}

// expect reports if g has not returned value.
func (b *bench) expect(g *get, value string) {
	b.returned(g, func(a answer) bool { return a.err == nil && a.value == value }, value)
}

// fails reports if g has not returned err.
func (b *bench) fails(g *get, err error) {
	b.returned(g, func(a answer) bool { return errors.Is(a.err, err) && a.value == "" }, err.Error())
}

func (b *bench) returned(g *get, right func(answer) bool, want string) {
	synctest.Wait()
	select {
	case a := <-g.result:
		if !right(a) {
			b.Errorf("Get returned %q, %v; want %s", a.value, a.err, want)
		}
	default:
		b.Errorf("Get waits; want %s", want)
	}
}

// count reports if not n loads of key have begun, and reports whether it was so.
func (b *bench) count(key string, n int) bool {
	if began := len(b.loads(key)); began != n {
		b.Errorf("%d loads of %s; want %d", began, key, n)
		return false
	}
	return true
}

// end answers all loads, ends all contexts, and waits until that is done.
func (b *bench) end() {
	for _, cancel := range b.cancels {
		cancel()
	}
	b.mu.Lock()
	b.ended = true
	for _, f := range b.flights {
		select {
		case f.answer <- answer{}:
		default: // it has its answer
		}
	}
	b.mu.Unlock()
	synctest.Wait()
}

// What may have come before a load.
var befores = []string{"nothing", "an error", "a dropped value", "a dropped load"}

// prepare has something come before the next load of key, and returns how many loads that took.
func (b *bench) prepare(key, before string) int {
	if before == "nothing" {
		return 0
	}
	b.get(key)
	if !b.count(key, 1) {
		return 1
	}
	switch before {
	case "an error":
		b.answer(b.loads(key)[0], answer{err: errors.New("not yet")})
	case "a dropped value":
		b.answer(b.loads(key)[0], answer{value: "before"})
		b.drop(key)
	case "a dropped load":
		b.drop(key)
	}
	return 1
}

func sharing(b *bench) {
	for key, value := range map[string]string{"a": "A", "empty": ""} {
		for _, before := range befores {
			b.shares(key+" after "+before, before, value)
		}
	}
}

func (b *bench) shares(key, before, value string) {
	n := b.prepare(key, before)
	gets := []*get{b.get(key), b.get(key), b.get(key)}
	if !b.count(key, n+1) {
		return
	}
	b.answer(b.loads(key)[n], answer{value: value})
	for _, g := range gets {
		b.expect(g, value)
	}
	b.expect(b.get(key), value)
	b.count(key, n+1)
}

func keys(b *bench) {
	kept := b.get("kept")
	if !b.count("kept", 1) {
		return
	}
	b.answer(b.loads("kept")[0], answer{value: "KEPT"})
	b.expect(kept, "KEPT")

	gets := map[string]*get{}
	for i := range 10 {
		key := fmt.Sprint(i)
		gets[key] = b.get(key)
		if !b.count(key, 1) {
			return
		}
	}
	b.expect(b.get("kept"), "KEPT")
	for key, g := range gets {
		b.answer(b.loads(key)[0], answer{value: key})
		b.expect(g, key)
	}
}

func failures(b *bench) {
	for _, before := range befores {
		b.fail("a after "+before, before)
	}
}

func (b *bench) fail(key, before string) {
	n := b.prepare(key, before)
	gets := []*get{b.get(key), b.get(key), b.get(key)}
	if !b.count(key, n+1) {
		return
	}
	failed := errors.New("no connection")
	b.answer(b.loads(key)[n], answer{err: failed})
	for _, g := range gets {
		b.fails(g, failed)
	}
	again := b.get(key)
	if !b.count(key, n+2) {
		return
	}
	b.answer(b.loads(key)[n+1], answer{value: "A"})
	b.expect(again, "A")
}

func contexts(b *bench) {
	first, second, third := b.get("a"), b.get("a"), b.get("a")
	first.cancel()
	b.fails(first, context.Canceled)
	fourth := b.get("a")
	second.cancel()
	b.fails(second, context.Canceled)
	fifth := b.get("a")
	if !b.count("a", 1) {
		return
	}
	b.answer(b.loads("a")[0], answer{value: "A"})
	for _, g := range []*get{third, fourth, fifth, b.get("a")} {
		b.expect(g, "A")
	}
	b.count("a", 1)
	one, two := b.get("second leaves"), b.get("second leaves")
	two.cancel()
	b.fails(two, context.Canceled)
	three := b.get("second leaves")
	if !b.count("second leaves", 1) {
		return
	}
	b.answer(b.loads("second leaves")[0], answer{value: "ALL"})
	for _, g := range []*get{one, three, b.get("second leaves")} {
		b.expect(g, "ALL")
	}
	b.count("second leaves", 1)

	last := b.get("left")
	last.cancel()
	b.fails(last, context.Canceled)
	newcomer := b.get("left")
	if !b.count("left", 1) {
		return
	}
	b.answer(b.loads("left")[0], answer{value: "LEFT"})
	b.expect(newcomer, "LEFT")
	b.expect(b.get("left"), "LEFT")
	b.count("left", 1)

	ended, cancel := context.WithCancel(context.Background())
	cancel()
	b.fails(b.getWith(ended, cancel, "b"), context.Canceled)
	late, cancel := context.WithTimeout(context.Background(), -1)
	b.fails(b.getWith(late, cancel, "c"), context.DeadlineExceeded)
}

func drops(b *bench) {
	kept, other := b.get("kept"), b.get("other")
	if !b.count("kept", 1) {
		return
	}
	b.answer(b.loads("kept")[0], answer{value: "KEPT"})
	b.expect(kept, "KEPT")
	for _, old := range []answer{{value: "old"}, {err: errors.New("too late")}} {
		for _, oldFirst := range []bool{true, false} {
			b.dropUnderWay(fmt.Sprint(old, " first: ", oldFirst), old, oldFirst)
		}
	}
	b.dropTwice("twice")
	b.get("kept")
	b.count("kept", 1)
	b.get("other")
	if b.count("other", 1) {
		b.answer(b.loads("other")[0], answer{value: "OTHER"})
		b.expect(other, "OTHER")
	}
}

// dropUnderWay drops a key while it is loaded. The old load returns before the new one, or after it. Who waits for
// the old one may get either.
func (b *bench) dropUnderWay(key string, old answer, oldFirst bool) {
	waiting := []*get{b.get(key), b.get(key)}
	b.drop(key)
	fresh := b.get(key)
	if !b.count(key, 2) {
		return
	}
	loads := b.loads(key)
	if oldFirst {
		b.answer(loads[0], old)
	}
	late := b.get(key)
	b.answer(loads[1], answer{value: "new"})
	b.expect(fresh, "new")
	b.expect(late, "new")
	if !oldFirst {
		b.answer(loads[0], old)
	}
	for _, g := range waiting {
		b.returned(g, func(a answer) bool {
			return a.err == nil && a.value == "new" || errors.Is(a.err, old.err) && (old.err != nil || a.value == old.value)
		}, fmt.Sprint("new, or ", old))
	}
	b.expect(b.get(key), "new")
	b.count(key, 2)
}

// dropTwice drops a key while it is loaded, and again while it is loaded anew. The first load
// returns last.
func (b *bench) dropTwice(key string) {
	for range 2 {
		b.get(key)
		b.drop(key)
	}
	fresh := b.get(key)
	if !b.count(key, 3) {
		return
	}
	loads := b.loads(key)
	b.answer(loads[2], answer{value: "new"})
	b.expect(fresh, "new")
	b.answer(loads[1], answer{value: "older"})
	b.answer(loads[0], answer{value: "oldest"})
	b.expect(b.get(key), "new")
	b.count(key, 3)
}
