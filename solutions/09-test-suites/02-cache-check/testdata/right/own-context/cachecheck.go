// Package cachecheck tests loading caches: one check for every cache that a service
// may be given.
package cachecheck

import (
	"context"
	"errors"
	"strconv"
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

// Check reports to t if the caches that open makes break their contract, and reports
// nothing if they keep it. It returns in either case, and leaves no goroutine behind.
//
// It runs in a synctest bubble.
//
// One cache has all the tests, one after the other, each with keys of its own. Loads wait at
// a condition, and contexts are the check's own.
func Check(t T, open Open) {
	l := &lab{T: t, last: map[string]int{}, answers: map[string]outcome{}}
	l.turned.L = &l.mu
	l.cache = open(l.load)
	for _, test := range []func(){l.together, l.apart, l.failing, l.leaving, l.droppedBeside} {
		test()
	}
	for i, early := range []outcome{{err: errors.New("early")}, {value: "early"}} {
		l.second("s"+strconv.Itoa(i)+"/", early, outcome{value: "late"})
		l.second("n"+strconv.Itoa(i)+"/", early, outcome{})
		l.second("f"+strconv.Itoa(i)+"/", early, outcome{err: errors.New("late")})
	}
	for i, late := range []outcome{{value: "late"}, {}, {err: errors.New("late")}} {
		l.afterDrop("o"+strconv.Itoa(i)+"/", late)
	}
	for i, old := range []outcome{{value: "old"}, {err: errors.New("old")}} {
		l.droppedEarly("e"+strconv.Itoa(i)+"/", old)
		l.droppedLate("d"+strconv.Itoa(i)+"/", old)
		l.droppedTwice("t"+strconv.Itoa(i)+"/", old)
	}
	l.stop()
	synctest.Wait()
}

// A lab answers the n-th load of a key with answers[key + n], once
// that is there.
type lab struct {
	T
	cache   Cache
	visits  []*visit
	mu      sync.Mutex
	turned  sync.Cond
	last    map[string]int
	answers map[string]outcome
	over    bool
}

func (l *lab) load(key string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	mine := key + strconv.Itoa(l.last[key])
	for l.last[key]++; ; l.turned.Wait() {
		if l.over {
			return "", nil
		}
		if o, ok := l.answers[mine]; ok {
			return o.value, o.err
		}
	}
}

type outcome struct {
	value string
	err   error
}

func (l *lab) answer(keyAndNumber string, o outcome) {
	l.mu.Lock()
	l.answers[keyAndNumber] = o
	l.turned.Broadcast()
	l.mu.Unlock()
	synctest.Wait()
}

func (l *lab) stop() {
	for _, v := range l.visits {
		v.end()
	}
	l.mu.Lock()
	l.over = true
	l.turned.Broadcast()
	l.mu.Unlock()
}

// began reports if another number of loads has begun.
func (l *lab) began(key string, want int) {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.last[key] != want {
		l.Errorf("%s has been loaded %d times, not %d", key, l.last[key], want)
	}
}

// A visit is a call of Get, and its context.
type visit struct {
	done chan struct{}
	once sync.Once
	mu   sync.Mutex
	left bool
	why  error // what the context ends with; nil: errLeft
	back bool
	outcome
}

var errLeft = context.Canceled

func (v *visit) Deadline() (when time.Time, ok bool) { return }
func (v *visit) Value(any) any                       { return nil }
func (v *visit) Done() <-chan struct{}               { return v.done }
func (v *visit) Err() error {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case !v.left:
		return nil
	case v.why != nil:
		return v.why
	}
	return errLeft
}

func (v *visit) end() {
	v.once.Do(func() {
		v.mu.Lock()
		v.left = true
		v.mu.Unlock()
		close(v.done)
	})
}

func (l *lab) get(key string) *visit { return l.start(&visit{done: make(chan struct{})}, key) }

func (l *lab) start(v *visit, key string) *visit {
	l.visits = append(l.visits, v)
	go func() {
		value, err := l.cache.Get(v, key)
		v.mu.Lock()
		defer v.mu.Unlock()
		v.back, v.outcome = true, outcome{value, err}
	}()
	synctest.Wait()
	return v
}

func (l *lab) expect(o outcome, visits ...*visit) {
	synctest.Wait()
	for i, v := range visits {
		v.mu.Lock()
		if !v.back || !errors.Is(v.err, o.err) || o.err == nil && v.value != o.value {
			l.Errorf("Get number %d: returned is %v, with %q, %v; want %q, %v", i, v.back, v.value, v.err, o.value, o.err)
		}
		v.mu.Unlock()
	}
}

func (l *lab) together() {
	a, b, c, d := l.get("t"), l.get("t"), l.get("t"), l.get("t")
	l.answer("t0", outcome{value: "shared"})
	l.expect(outcome{value: "shared"}, a, b, c, d, l.get("t"))
	l.began("t", 1)
	nothing := l.get("nothing")
	l.answer("nothing0", outcome{})
	l.expect(outcome{}, nothing, l.get("nothing"))
	l.began("nothing", 1)
}

// second shares the second load of a key, after one that has failed, or whose value was dropped.
func (l *lab) second(key string, early, late outcome) {
	l.get(key)
	l.answer(key+"0", early)
	if early.err == nil {
		l.drop(key)
	}
	l.share(key, late)
}

// afterDrop shares a load of a key while one that was dropped is under way.
func (l *lab) afterDrop(key string, late outcome) {
	l.get(key)
	l.drop(key)
	l.share(key, late)
}

func (l *lab) share(key string, o outcome) {
	a, b, c := l.get(key), l.get(key), l.get(key)
	l.began(key, 2)
	l.answer(key+"1", o)
	l.expect(o, a, b, c)
	next := l.get(key)
	if o.err != nil {
		l.began(key, 3)
		l.answer(key+"2", outcome{value: "good"})
		o = outcome{value: "good"}
	} else {
		l.began(key, 2)
	}
	l.expect(o, next)
}

func (l *lab) apart() {
	for i := range 8 {
		key := "apart" + strconv.Itoa(i) + "/"
		l.get(key)
		l.began(key, 1)
	}
	l.expect(outcome{value: "shared"}, l.get("t"))
	for i := range 8 {
		key := "apart" + strconv.Itoa(i) + "/"
		l.answer(key+"0", outcome{value: key})
		l.expect(outcome{value: key}, l.get(key))
	}
}

func (l *lab) failing() {
	bad := outcome{err: errors.New("bad luck")}
	a, b, c := l.get("f"), l.get("f"), l.get("f")
	l.answer("f0", bad)
	l.expect(bad, a, b, c)
	l.began("f", 1)
	again := l.get("f")
	l.began("f", 2)
	l.answer("f1", outcome{value: "good"})
	l.expect(outcome{value: "good"}, again)
}

func (l *lab) leaving() {
	left := outcome{err: errLeft}
	a, b, c := l.get("l"), l.get("l"), l.get("l")
	b.end()
	l.expect(left, b)
	d := l.get("l")
	a.end()
	l.expect(left, a)
	e := l.get("l")
	l.began("l", 1)
	l.answer("l0", outcome{value: "still"})
	l.expect(outcome{value: "still"}, c, d, e, l.get("l"))
	l.began("l", 1)
	alone := l.get("alone")
	alone.end()
	l.expect(left, alone)
	late := l.start(&visit{done: make(chan struct{}), why: context.DeadlineExceeded}, "alone")
	last := l.get("alone")
	late.end()
	l.expect(outcome{err: context.DeadlineExceeded}, late)
	l.began("alone", 1)
	l.answer("alone0", outcome{value: "at last"})
	l.expect(outcome{value: "at last"}, last, l.get("alone"))
	l.began("alone", 1)
	gone := &visit{done: make(chan struct{})}
	gone.end()
	l.expect(left, l.start(gone, "gone"))
}

func (l *lab) drop(key string) {
	v := &visit{done: make(chan struct{})}
	go func() {
		l.cache.Drop(key)
		v.end()
	}()
	synctest.Wait()
	if v.Err() == nil {
		l.Errorf("Drop(%s) has not returned", key)
	}
}

// either reports if a Get has returned neither outcome.
func (l *lab) either(one, other outcome, visits ...*visit) {
	synctest.Wait()
	for _, v := range visits {
		v.mu.Lock()
		is := func(o outcome) bool { return errors.Is(v.err, o.err) && (o.err != nil || v.value == o.value) }
		if !v.back || !is(one) && !is(other) {
			l.Errorf("Get of a dropped load: returned is %v, with %q, %v; want %v or %v", v.back, v.value, v.err, one, other)
		}
		v.mu.Unlock()
	}
}

func (l *lab) droppedEarly(key string, old outcome) {
	before, beside := l.get(key), l.get(key)
	l.drop(key)
	fresh := l.get(key)
	l.began(key, 2)
	l.answer(key+"0", old)
	late := l.get(key)
	l.answer(key+"1", outcome{value: "new"})
	l.expect(outcome{value: "new"}, fresh, late, l.get(key))
	l.either(old, outcome{value: "new"}, before, beside)
	l.began(key, 2)
}

func (l *lab) droppedLate(key string, old outcome) {
	before, beside := l.get(key), l.get(key)
	l.drop(key)
	fresh := l.get(key)
	l.answer(key+"1", outcome{value: "new"})
	l.answer(key+"0", old)
	l.expect(outcome{value: "new"}, fresh, l.get(key))
	l.either(old, outcome{value: "new"}, before, beside)
	l.began(key, 2)
}

func (l *lab) droppedTwice(key string, old outcome) {
	l.get(key)
	l.drop(key)
	l.get(key)
	l.drop(key)
	fresh := l.get(key)
	l.began(key, 3)
	l.answer(key+"2", outcome{value: "new"})
	l.answer(key+"0", old)
	l.answer(key+"1", old)
	l.expect(outcome{value: "new"}, fresh, l.get(key))
	l.began(key, 3)
}

func (l *lab) droppedBeside() {
	beside := l.get("beside")
	l.get("other")
	l.drop("other")
	l.get("beside")
	l.began("beside", 1)
	l.expect(outcome{value: "shared"}, l.get("t"))
	l.answer("beside0", outcome{value: "kept"})
	l.expect(outcome{value: "kept"}, beside, l.get("beside"))
}
