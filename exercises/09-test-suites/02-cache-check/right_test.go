package cachecheck_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"

	"golang.org/x/sync/singleflight"

	"heisenkata/exercises/09-test-suites/02-cache-check"
)

// rightCaches keep the contract, each in its own way. They differ in all that the contract
// leaves open.
var rightCaches = []candidate{
	{"mutex", func(load cachecheck.Load) cachecheck.Cache {
		return &withMutex{load: load, kept: map[string]string{}, flights: map[string]*flight{}}
	}},
	{"entries", func(load cachecheck.Load) cachecheck.Cache { return &withEntries{load: load} }},
	{"singleflight", func(load cachecheck.Load) cachecheck.Cache {
		return &withGroup{load: load, kept: map[string]string{}, drops: map[string]int{}}
	}},
	{"waiting lists", func(load cachecheck.Load) cachecheck.Cache {
		c := &withLists{load: load, kept: map[string]string{}, lists: map[string]*list{}, lock: make(chan struct{}, 1)}
		return c
	}},
	{"waiting lists, and the next Get loads", func(load cachecheck.Load) cachecheck.Cache {
		return &withPatience{load: load, kept: map[string]string{}, queues: map[string]*queue{}}
	}},
}

// aText is what an error may say besides: nothing is known of it.
func aText() string {
	text := make([]byte, 1+rand.IntN(20))
	for i := range text {
		text[i] = ' ' + byte(rand.IntN(95))
	}
	return string(text)
}

// A veiled error has a text of its own.
type veiled struct {
	of   error
	text string
}

func (e *veiled) Error() string { return e.text }

func (e *veiled) Unwrap() error { return e.of }

// wrapped returns an error that wraps err, and says what err says, or does not.
func wrapped(err error) error {
	switch rand.IntN(4) {
	case 0:
		return fmt.Errorf("%s: %w", aText(), err)
	case 1:
		return fmt.Errorf("%w: %s", err, aText())
	default:
		return &veiled{err, aText()}
	}
}

// A flight is a load, and what came of it.
type flight struct {
	done  chan struct{}
	value string
	err   error
}

func (f *flight) wait(ctx context.Context) (string, error) {
	select {
	case <-f.done:
		return f.value, f.err
	case <-ctx.Done():
		return "", wrapped(ctx.Err())
	}
}

// withMutex asks for no context before it starts a load, and keeps what was loaded
// although no Get waits any more.
type withMutex struct {
	load    cachecheck.Load
	mu      sync.Mutex
	kept    map[string]string
	flights map[string]*flight
}

func (c *withMutex) Get(ctx context.Context, key string) (string, error) {
	c.mu.Lock()
	if value, ok := c.kept[key]; ok {
		c.mu.Unlock()
		return value, nil
	}
	f, ok := c.flights[key]
	if !ok {
		f = &flight{done: make(chan struct{})}
		c.flights[key] = f
		go c.fly(key, f)
	}
	c.mu.Unlock()
	return f.wait(ctx)
}

func (c *withMutex) fly(key string, f *flight) {
	defer close(f.done)
	f.value, f.err = c.load(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] != f {
		return // dropped
	}
	delete(c.flights, key)
	if f.err == nil {
		c.kept[key] = f.value
	}
}

func (c *withMutex) Drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, key)
	delete(c.flights, key)
}

// withEntries keeps a value where its flight was, and has no lock.
type withEntries struct {
	load    cachecheck.Load
	entries sync.Map // of *flight
}

func (c *withEntries) Get(ctx context.Context, key string) (string, error) {
	f := &flight{done: make(chan struct{})}
	if entry, found := c.entries.LoadOrStore(key, f); found {
		return entry.(*flight).wait(ctx)
	}
	go func() {
		defer close(f.done)
		if f.value, f.err = c.load(key); f.err != nil {
			f.err = wrapped(f.err)
			c.entries.CompareAndDelete(key, f)
		}
	}()
	return f.wait(ctx)
}

func (c *withEntries) Drop(key string) { c.entries.Delete(key) }

// withGroup does not start a load for a context that has ended.
type withGroup struct {
	load  cachecheck.Load
	group singleflight.Group
	mu    sync.Mutex
	kept  map[string]string
	drops map[string]int
}

func (c *withGroup) Get(ctx context.Context, key string) (string, error) {
	c.mu.Lock()
	value, ok := c.kept[key]
	drops := c.drops[key]
	if ok {
		c.mu.Unlock()
		return value, nil
	}
	if err := ctx.Err(); err != nil {
		c.mu.Unlock()
		return "", err
	}
	loaded := c.group.DoChan(key, func() (any, error) { return c.fetch(key, drops) })
	c.mu.Unlock()
	select {
	case r := <-loaded:
		return r.Val.(string), r.Err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (c *withGroup) fetch(key string, drops int) (any, error) {
	value, err := c.load(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && c.drops[key] == drops {
		c.kept[key] = value
	}
	return value, err
}

func (c *withGroup) Drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drops[key]++
	delete(c.kept, key)
	c.group.Forget(key)
}

// withLists returns the error of a context that has ended even if the value is kept. It does not
// keep what no Get waits for any more. Of the Gets that wait for a load that is dropped, some wait
// for the next one, which begins at once.
type withLists struct {
	load  cachecheck.Load
	lock  chan struct{}
	kept  map[string]string
	lists map[string]*list
}

// A list has the Gets that wait for a load.
type list struct {
	waiting map[chan *flight]bool
}

func (c *withLists) Get(ctx context.Context, key string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	value, ok, answer := c.join(key)
	if ok {
		return value, nil
	}
	select {
	case f := <-answer:
		return f.value, f.err
	case <-ctx.Done():
		c.lock <- struct{}{}
		if l := c.lists[key]; l != nil {
			delete(l.waiting, answer)
		}
		<-c.lock
		return "", ctx.Err()
	}
}

// join returns the value if it is kept, and otherwise where the answer will come.
func (c *withLists) join(key string) (string, bool, chan *flight) {
	c.lock <- struct{}{}
	defer func() { <-c.lock }()
	if value, ok := c.kept[key]; ok {
		return value, true, nil
	}
	l, ok := c.lists[key]
	if !ok {
		l = &list{waiting: map[chan *flight]bool{}}
		c.lists[key] = l
		go c.fetch(key, l)
	}
	answer := make(chan *flight, 1)
	l.waiting[answer] = true
	return "", false, answer
}

func (c *withLists) fetch(key string, l *list) {
	value, err := c.load(key)
	if err != nil {
		err = wrapped(err)
	}
	c.lock <- struct{}{}
	defer func() { <-c.lock }()
	if c.lists[key] == l { // it was not dropped
		delete(c.lists, key)
		if err == nil && len(l.waiting) > 0 {
			c.kept[key] = value
		}
	}
	for waiting := range l.waiting {
		waiting <- &flight{value: value, err: err}
	}
}

func (c *withLists) Drop(key string) {
	c.lock <- struct{}{}
	defer func() { <-c.lock }()
	delete(c.kept, key)
	dropped, ok := c.lists[key]
	delete(c.lists, key)
	if !ok {
		return
	}
	next := &list{waiting: map[chan *flight]bool{}}
	for answer := range dropped.waiting {
		if rand.IntN(2) == 0 {
			delete(dropped.waiting, answer)
			next.waiting[answer] = true
		}
	}
	if len(next.waiting) > 0 {
		c.lists[key] = next
		go c.fetch(key, next)
	}
}

// withPatience has Gets that wait for a load that is dropped wait for the next load. That begins
// with the next Get.
type withPatience struct {
	load   cachecheck.Load
	mu     sync.Mutex
	kept   map[string]string
	queues map[string]*queue
}

// A queue has the Gets that wait for a load, which may not have begun.
type queue struct {
	waiting map[chan *flight]bool
	loading bool
}

func (c *withPatience) Get(ctx context.Context, key string) (string, error) {
	value, ok, answer := c.join(key)
	if ok {
		return value, nil
	}
	select {
	case f := <-answer:
		return f.value, f.err
	case <-ctx.Done():
		c.mu.Lock()
		defer c.mu.Unlock()
		if q := c.queues[key]; q != nil {
			delete(q.waiting, answer)
		}
		return "", ctx.Err()
	}
}

// join returns the value if it is kept, and otherwise where the answer will come.
func (c *withPatience) join(key string) (string, bool, chan *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if value, ok := c.kept[key]; ok {
		return value, true, nil
	}
	q := c.queues[key]
	if q == nil {
		q = &queue{waiting: map[chan *flight]bool{}}
		c.queues[key] = q
	}
	if !q.loading {
		q.loading = true
		go c.fetch(key, q)
	}
	answer := make(chan *flight, 1)
	q.waiting[answer] = true
	return "", false, answer
}

func (c *withPatience) fetch(key string, q *queue) {
	value, err := c.load(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.queues[key] != q {
		return // dropped
	}
	delete(c.queues, key)
	if err == nil {
		c.kept[key] = value
	}
	for waiting := range q.waiting {
		waiting <- &flight{value: value, err: err}
	}
}

func (c *withPatience) Drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, key)
	if q := c.queues[key]; q != nil {
		c.queues[key] = &queue{waiting: q.waiting}
	}
}
