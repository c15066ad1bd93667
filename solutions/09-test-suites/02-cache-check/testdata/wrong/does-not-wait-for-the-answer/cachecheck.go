// caught by: tests, race, repeat or explore in TestDropFaults
// Wrong: the dropped load has its answer, and the check looks at once. What the cache does
// with it may come a moment later.

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
	b.returned(g, func(a answer) bool { return errors.Is(a.err, err) }, err.Error())
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

func sharing(b *bench) {
	gets := []*get{b.get("a"), b.get("a"), b.get("a")}
	if !b.count("a", 1) {
		return
	}
	b.answer(b.loads("a")[0], answer{value: "A"})
	for _, g := range gets {
		b.expect(g, "A")
	}
	b.expect(b.get("a"), "A")
	b.count("a", 1)
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
	gets := []*get{b.get("a"), b.get("a"), b.get("a")}
	if !b.count("a", 1) {
		return
	}
	failed := errors.New("no connection")
	b.answer(b.loads("a")[0], answer{err: failed})
	for _, g := range gets {
		b.fails(g, failed)
	}
	again := b.get("a")
	if !b.count("a", 2) {
		return
	}
	b.answer(b.loads("a")[1], answer{value: "A"})
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
	for _, g := range []*get{third, fourth, fifth} {
		b.expect(g, "A")
	}
}

func drops(b *bench) {
	other := b.get("other")
	for _, oldFirst := range []bool{true, false} {
		key := fmt.Sprint("old load first: ", oldFirst)
		b.get(key)
		b.drop(key)
		fresh := b.get(key)
		if !b.count(key, 2) {
			return
		}
		loads := b.loads(key)
		if oldFirst {
			b.answer(loads[0], answer{value: "old"})
		}
		late := b.get(key)
		b.answer(loads[1], answer{value: "new"})
		b.expect(fresh, "new")
		b.expect(late, "new")
		if !oldFirst {
			b.answer(loads[0], answer{value: "old"})
		}
		b.expect(b.get(key), "new")
		b.count(key, 2)
	}
	b.get("other")
	if b.count("other", 1) {
		b.answer(b.loads("other")[0], answer{value: "OTHER"})
		b.expect(other, "OTHER")
	}
}
