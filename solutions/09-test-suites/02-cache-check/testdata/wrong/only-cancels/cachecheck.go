// caught by: tests or race in TestContextFaults
// Wrong: its contexts are all cancelled, and none is late. A cache that says cancelled for both
// passes.

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

// An answer is what a load or a Get returns.
type answer struct {
	value string
	err   error
}

// A lasting is a context that ends when it is told to, with the error that it is told.
type lasting struct {
	done chan struct{}
	once sync.Once
	err  error
}

func newLasting() *lasting                     { return &lasting{done: make(chan struct{})} }
func (l *lasting) Deadline() (time.Time, bool) { return time.Time{}, false }
func (l *lasting) Done() <-chan struct{}       { return l.done }
func (l *lasting) Value(any) any               { return nil }
func (l *lasting) end(err error)               { l.once.Do(func() { l.err = err; close(l.done) }) }
func (l *lasting) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}

// A getting is a Get that is under way, or has returned.
type getting struct {
	ctx *lasting
	out chan answer // holds what it returned
	got answer
	is  bool // it has returned
}

// returned reports whether the Get has returned.
func (g *getting) returned() bool {
	if !g.is {
		select {
		case g.got = <-g.out:
			g.is = true
		default:
		}
	}
	return g.is
}

// A desk has one cache, and all that was called.
type desk struct {
	t     T
	what  string
	cache Cache

	mu    sync.Mutex
	loads map[string][]chan answer // by key, all that have ever begun
	over  bool

	gets  []*getting
	group sync.WaitGroup
}

func newDesk(t T, open Open, what string) *desk {
	d := &desk{t: t, what: what, loads: map[string][]chan answer{}}
	d.cache = open(d.load)
	return d
}

func (d *desk) load(key string) (string, error) {
	reply := make(chan answer, 1)
	d.mu.Lock()
	d.loads[key] = append(d.loads[key], reply)
	if d.over {
		reply <- answer{"the end", nil}
	}
	d.mu.Unlock()
	a := <-reply
	return a.value, a.err
}

// begun returns how many loads of a key have begun.
func (d *desk) begun(key string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.loads[key])
}

// reply answers the load of a key that began as the nth, and lets the cache do what it does.
func (d *desk) reply(key string, n int, value string, err error) {
	d.mu.Lock()
	if n < len(d.loads[key]) {
		select {
		case d.loads[key][n] <- answer{value, err}:
		default:
		}
	}
	d.mu.Unlock()
	synctest.Wait()
}

// get begins a Get, and lets the cache do what it does.
func (d *desk) get(key string) *getting { return d.getWith(newLasting(), key) }

func (d *desk) getWith(ctx *lasting, key string) *getting {
	g := &getting{ctx: ctx, out: make(chan answer, 1)}
	d.gets = append(d.gets, g)
	d.group.Go(func() {
		value, err := d.cache.Get(ctx, key)
		g.out <- answer{value, err}
	})
	synctest.Wait()
	return g
}

// leave ends the context of a Get, which has to return its error.
func (d *desk) leave(g *getting, err error) {
	g.ctx.end(err)
	synctest.Wait()
	d.fails(g, err)
}

// drop drops a key, which must not wait.
func (d *desk) drop(key string) {
	done := make(chan struct{})
	d.group.Go(func() {
		defer close(done)
		d.cache.Drop(key)
	})
	synctest.Wait()
	select {
	case <-done:
	default:
		d.t.Errorf("%s: Drop waits", d.what)
	}
}

// loaded checks how many loads of a key have begun.
func (d *desk) loaded(key string, want int) {
	if n := d.begun(key); n != want {
		d.t.Errorf("%s: %d loads of %s have begun, not %d", d.what, n, key, want)
	}
}

func (d *desk) waits(gets ...*getting) {
	for i, g := range gets {
		if g.returned() {
			d.t.Errorf("%s: Get %d of %d has returned %q, %v, and should wait", d.what, i, len(gets), g.got.value, g.got.err)
		}
	}
}

func (d *desk) gives(value string, gets ...*getting) {
	for i, g := range gets {
		if !g.returned() {
			d.t.Errorf("%s: Get %d of %d waits", d.what, i, len(gets))
		} else if g.got.err != nil || g.got.value != value {
			d.t.Errorf("%s: Get %d of %d has returned %q, %v, not %q", d.what, i, len(gets), g.got.value, g.got.err, value)
		}
	}
}

func (d *desk) fails(g *getting, err error) {
	if !g.returned() {
		d.t.Errorf("%s: a Get waits", d.what)
	} else if !errors.Is(g.got.err, err) {
		d.t.Errorf("%s: a Get has returned %q, %v, not %v", d.what, g.got.value, g.got.err, err)
	}
}

// end ends all contexts, answers all loads, and waits for all calls.
func (d *desk) end() {
	for _, g := range d.gets {
		g.ctx.end(context.Canceled)
	}
	d.mu.Lock()
	d.over = true
	for _, loads := range d.loads {
		for _, reply := range loads {
			select {
			case reply <- answer{"the end", nil}:
			default:
			}
		}
	}
	d.mu.Unlock()
	d.group.Wait()
	synctest.Wait()
}

// Check reports to t if the caches that open makes break their contract, and reports
// nothing if they keep it. It returns in either case, and leaves no goroutine behind.
//
// It runs in a synctest bubble.
func Check(t T, open Open) {
	for _, value := range []string{"a value", ""} {
		sharing(t, open, value)
	}
	keys(t, open)
	for _, err := range []error{errors.New("no connection"), context.Canceled, context.DeadlineExceeded} {
		failing(t, open, err)
	}
	leaving(t, open, context.Canceled)
	ended(t, open, context.Canceled)
	for _, err := range []error{nil, errors.New("too late")} {
		for _, newFirst := range []bool{false, true} {
			for _, gone := range []bool{false, true} {
				dropping(t, open, err, newFirst, gone)
			}
		}
		droppedAlone(t, open, err)
	}
}

func sharing(t T, open Open, value string) {
	d := newDesk(t, open, "one key")
	defer d.end()
	one, two, three := d.get("a"), d.get("a"), d.get("a")
	d.loaded("a", 1)
	d.waits(one, two, three)
	d.reply("a", 0, value, nil)
	d.gives(value, one, two, three, d.get("a"))
	d.loaded("a", 1)

	b := d.get("b")
	d.loaded("b", 1)
	d.waits(b)
	d.reply("b", 0, "of b", nil)
	d.gives("of b", b, d.get("b"))

	d.drop("a")
	d.drop("never loaded")
	again := d.get("a")
	d.loaded("a", 2)
	d.waits(again)
	d.reply("a", 1, "new", nil)
	d.gives("new", again, d.get("a"))
	d.gives("of b", d.get("b"))
	d.loaded("a", 2)
	d.loaded("b", 1)
}

func keys(t T, open Open) {
	d := newDesk(t, open, "six keys")
	defer d.end()
	kept := d.get("kept")
	d.reply("kept", 0, "is kept", nil)
	d.gives("is kept", kept)
	var gets []*getting
	for i := range 6 {
		gets = append(gets, d.get(strconv.Itoa(i)))
		d.loaded(strconv.Itoa(i), 1)
		d.gives("is kept", d.get("kept"))
	}
	d.waits(gets...)
	for i := 5; i >= 0; i-- {
		key := strconv.Itoa(i)
		d.waits(gets[:i]...)
		d.reply(key, 0, "of "+key, nil)
		d.gives("of "+key, gets[i])
	}
	for i := range 6 {
		key := strconv.Itoa(i)
		d.gives("of "+key, d.get(key))
		d.loaded(key, 1)
	}
	d.loaded("kept", 1)
}

func failing(t T, open Open, err error) {
	d := newDesk(t, open, "loads that fail")
	defer d.end()
	one, two, three := d.get("a"), d.get("a"), d.get("a")
	d.reply("a", 0, "", err)
	d.loaded("a", 1)
	for _, g := range []*getting{one, two, three} {
		d.fails(g, err)
	}
	alone := d.get("a")
	d.loaded("a", 2)
	d.reply("a", 1, "", err)
	d.fails(alone, err)
	d.loaded("a", 2)
	last := d.get("a")
	d.loaded("a", 3)
	d.waits(last)
	d.reply("a", 2, "at last", nil)
	d.gives("at last", last, d.get("a"))
	d.loaded("a", 3)
}

func leaving(t T, open Open, err error) {
	d := newDesk(t, open, "contexts that end")
	defer d.end()
	one, two, three := d.get("a"), d.get("a"), d.get("a")
	d.leave(one, err)
	d.waits(two, three)
	four := d.get("a")
	d.leave(two, err)
	d.waits(three, four)
	d.leave(three, err)
	d.waits(four)
	d.leave(four, err)
	five, six := d.get("a"), d.get("a") // when all have left
	d.leave(five, err)
	d.waits(six)
	d.loaded("a", 1)
	d.reply("a", 0, "a value", nil)
	d.gives("a value", six, d.get("a"))
	d.loaded("a", 1)
}

// ended checks Gets whose contexts have ended before.
func ended(t T, open Open, err error) {
	d := newDesk(t, open, "contexts that have ended")
	defer d.end()
	over := newLasting()
	over.end(err)
	d.fails(d.getWith(over, "a"), err)
	if n := d.begun("a"); n > 1 {
		t.Errorf("%d loads for one Get", n)
	}
	one := d.get("a")
	d.fails(d.getWith(over, "a"), err)
	d.loaded("a", 1)
	d.reply("a", 0, "a value", nil)
	d.gives("a value", one)
	g := d.getWith(over, "a")
	if !g.returned() || g.got.err != nil && !errors.Is(g.got.err, err) || g.got.err == nil && g.got.value != "a value" {
		t.Errorf("a Get whose context has ended: %v, %q, %v", g.is, g.got.value, g.got.err)
	}
	d.loaded("a", 1)
}

// dropping drops a load, and checks the next.
func dropping(t T, open Open, err error, newFirst, gone bool) {
	d := newDesk(t, open, "a load that is dropped")
	defer d.end()
	b := d.get("b")
	d.reply("b", 0, "of b", nil)
	d.gives("of b", b)
	c := d.get("c")

	one := d.get("a")
	if gone {
		d.leave(one, context.Canceled)
	}
	d.drop("a")
	two, three := d.get("a"), d.get("a")
	d.loaded("a", 2)
	if newFirst {
		d.reply("a", 1, "new", nil)
		d.gives("new", two, three, d.get("a"))
		d.loaded("a", 2)
	}
	d.reply("a", 0, "old", err)
	if !gone && one.returned() && !(errors.Is(one.got.err, err) && (err != nil || one.got.value == "old") || one.got.err == nil && one.got.value == "new" && newFirst) {
		t.Errorf("a Get of a load that was dropped has returned %q, %v", one.got.value, one.got.err)
	}
	if newFirst {
		d.gives("new", d.get("a"))
	} else {
		four := d.get("a")
		d.waits(two, three, four)
		d.loaded("a", 2)
		d.reply("a", 1, "new", nil)
		d.gives("new", two, three, four)
	}
	if !one.returned() {
		t.Errorf("a Get of a load that was dropped waits, and all loads have returned")
	}
	d.gives("new", d.get("a"))
	d.loaded("a", 2)

	d.gives("of b", d.get("b"))
	d.loaded("b", 1)
	alsoC := d.get("c")
	d.loaded("c", 1)
	d.waits(c, alsoC)
	d.reply("c", 0, "of c", nil)
	d.gives("of c", c, alsoC, d.get("c"))
	d.loaded("c", 1)
}

// droppedAlone drops a load that returns before the next Get.
func droppedAlone(t T, open Open, err error) {
	d := newDesk(t, open, "a load that is dropped, and returns")
	defer d.end()
	d.get("a")
	d.drop("a")
	d.reply("a", 0, "old", err)
	two := d.get("a")
	d.waits(two)
	d.loaded("a", 2)
	d.reply("a", 1, "new", nil)
	d.gives("new", two, d.get("a"))
	d.loaded("a", 2)
}
