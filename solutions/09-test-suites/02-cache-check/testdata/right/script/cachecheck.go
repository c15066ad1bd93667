// Package cachecheck tests loading caches: one check for every cache that a service
// may be given.
package cachecheck

import (
	"context"
	"errors"
	"fmt"
	"slices"
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
	for _, script := range [][]step{
		{get("1", "a"), get("2", "a"), get("3", "a"), loaded("a", 1), answer("a", 0, "A", nil),
			got("1", "A", nil), got("2", "A", nil), got("3", "A", nil), get("4", "a"), got("4", "A", nil), loaded("a", 1)},
		{get("1", "a"), answer("a", 0, "", nil), got("1", "", nil), get("2", "a"), got("2", "", nil), loaded("a", 1)},
		{get("1", "a"), answer("a", 0, "A", nil), got("1", "A", nil),
			get("2", "b"), get("3", "c"), get("4", "d"), get("5", "e"), get("6", "f"), get("7", "g"), get("8", "a"), got("8", "A", nil),
			answer("g", 0, "G", nil), got("7", "G", nil), answer("f", 0, "F", nil), got("6", "F", nil),
			answer("b", 0, "B", nil), got("2", "B", nil)},
		{get("1", "a"), get("2", "a"), get("3", "a"), answer("a", 0, "", errLoad),
			got("1", "", errLoad), got("2", "", errLoad), got("3", "", errLoad), loaded("a", 1),
			get("4", "a"), loaded("a", 2), answer("a", 1, "A", nil), got("4", "A", nil)},
		{get("1", "a"), get("2", "a"), get("3", "a"), leave("1"), got("1", "", context.Canceled), get("4", "a"),
			leave("3"), got("3", "", context.Canceled), get("5", "a"), loaded("a", 1), answer("a", 0, "A", nil),
			got("2", "A", nil), got("4", "A", nil), got("5", "A", nil), get("6", "a"), got("6", "A", nil), loaded("a", 1)},
		{get("1", "a"), get("2", "a"), leave("2"), got("2", "", context.Canceled), get("3", "a"), loaded("a", 1), answer("a", 0, "A", nil),
			got("1", "A", nil), got("3", "A", nil), get("4", "a"), got("4", "A", nil), loaded("a", 1)},
		{get("1", "a"), drop("a"), get("2", "a"), drop("a"), get("3", "a"), loaded("a", 3), answer("a", 2, "new", nil), got("3", "new", nil),
			answer("a", 0, "old", nil), answer("a", 1, "old", nil), get("4", "a"), got("4", "new", nil), loaded("a", 3)},
		{get("1", "a"), leave("1"), got("1", "", context.Canceled), get("2", "a"), loaded("a", 1), answer("a", 0, "A", nil), got("2", "A", nil), get("3", "a"), got("3", "A", nil), loaded("a", 1)},
		{late("1", "a", context.WithCancel), got("1", "", context.Canceled)},
		{late("1", "a", inThePast), got("1", "", context.DeadlineExceeded)},
		{get("8", "c"), answer("c", 0, "C", nil), get("0", "b"), get("1", "a"), get("7", "a"), drop("a"), get("9", "c"), got("9", "C", nil), get("2", "a"), loaded("a", 2), answer("a", 0, "old", nil), get("3", "a"), loaded("a", 2),
			answer("a", 1, "new", nil), got("2", "new", nil), got("3", "new", nil), either("1", "old", nil, "new"), either("7", "old", nil, "new"), get("4", "a"), got("4", "new", nil), get("5", "b"), loaded("b", 1)},
		{get("1", "a"), get("7", "a"), drop("a"), get("2", "a"), loaded("a", 2), answer("a", 1, "new", nil), got("2", "new", nil),
			answer("a", 0, "old", nil), either("1", "old", nil, "new"), either("7", "old", nil, "new"), get("3", "a"), got("3", "new", nil), loaded("a", 2)},
		{get("1", "a"), get("7", "a"), drop("a"), get("2", "a"), loaded("a", 2), answer("a", 1, "new", nil), got("2", "new", nil),
			answer("a", 0, "", errLoad), either("1", "", errLoad, "new"), either("7", "", errLoad, "new"), get("3", "a"), got("3", "new", nil), loaded("a", 2)},
		{get("1", "a"), get("7", "a"), drop("a"), get("2", "a"), loaded("a", 2), answer("a", 0, "", errLoad), get("3", "a"), loaded("a", 2),
			answer("a", 1, "new", nil), got("2", "new", nil), got("3", "new", nil), either("1", "", errLoad, "new"), either("7", "", errLoad, "new"), get("4", "a"), got("4", "new", nil)},
	} {
		play(t, open, script)
	}
	for _, before := range [][]step{
		{get("0", "a"), answer("a", 0, "", errLoad)},
		{get("0", "a"), answer("a", 0, "old", nil), drop("a")},
		{get("0", "a"), drop("a")},
	} {
		three := append(before, get("1", "a"), get("2", "a"), get("3", "a"), loaded("a", 2))
		for _, value := range []string{"A", ""} {
			play(t, open, append(slices.Clip(three), answer("a", 1, value, nil), got("1", value, nil), got("2", value, nil), got("3", value, nil),
				get("4", "a"), got("4", value, nil), loaded("a", 2)))
		}
		play(t, open, append(slices.Clip(three), answer("a", 1, "", errAgain), got("1", "", errAgain), got("2", "", errAgain), got("3", "", errAgain),
			get("4", "a"), loaded("a", 3), answer("a", 2, "A", nil), got("4", "A", nil)))
	}
}

var errAgain = errors.New("cannot be loaded again")

var errLoad = errors.New("cannot be loaded")

// A play is a script under way.
type stage struct {
	cache Cache
	gets  map[string]*call

	mu    sync.Mutex
	loads map[string][]chan result // by key
	over  bool
}

type call struct {
	cancel context.CancelFunc
	result chan result
}

type result struct {
	value string
	err   error
}

// A step returns what is wrong, or nil.
type step func(*stage) error

// play plays a script until something is wrong.
func play(t T, open Open, script []step) {
	s := &stage{gets: map[string]*call{}, loads: map[string][]chan result{}}
	s.cache = open(s.load)
	for i, next := range script {
		err := next(s)
		synctest.Wait()
		if err != nil {
			t.Errorf("step %d: %v", i, err)
			break
		}
	}
	s.end()
}

func (s *stage) load(key string) (string, error) {
	answer := make(chan result, 1)
	s.mu.Lock()
	if s.over {
		answer <- result{}
	}
	s.loads[key] = append(s.loads[key], answer)
	s.mu.Unlock()
	r := <-answer
	return r.value, r.err
}

func (s *stage) end() {
	s.mu.Lock()
	defer synctest.Wait()
	defer s.mu.Unlock()
	s.over = true
	for _, c := range s.gets {
		c.cancel()
	}
	for _, answers := range s.loads {
		for _, answer := range answers {
			select {
			case answer <- result{}:
			default:
			}
		}
	}
}

func get(name, key string) step {
	return func(s *stage) error {
		ctx, cancel := context.WithCancel(context.Background())
		c := &call{cancel, make(chan result, 1)}
		s.gets[name] = c
		go func() {
			value, err := s.cache.Get(ctx, key)
			c.result <- result{value, err}
		}()
		return nil
	}
}

func inThePast(parent context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(parent, -1)
}

// late is a get whose context has ended before.
func late(name, key string, with func(context.Context) (context.Context, context.CancelFunc)) step {
	return func(s *stage) error {
		ctx, cancel := with(context.Background())
		cancel()
		c := &call{cancel, make(chan result, 1)}
		s.gets[name] = c
		go func() {
			value, err := s.cache.Get(ctx, key)
			c.result <- result{value, err}
		}()
		return nil
	}
}

func leave(name string) step {
	return func(s *stage) error {
		s.gets[name].cancel()
		return nil
	}
}

func drop(key string) step {
	return func(s *stage) error {
		done := make(chan bool, 1)
		go func() {
			s.cache.Drop(key)
			done <- true
		}()
		if synctest.Wait(); len(done) == 0 {
			return errors.New("Drop has not returned")
		}
		return nil
	}
}

func answer(key string, n int, value string, err error) step {
	return func(s *stage) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if n >= len(s.loads[key]) {
			return fmt.Errorf("%s is not being loaded", key)
		}
		s.loads[key][n] <- result{value, err}
		return nil
	}
}

func loaded(key string, n int) step {
	return func(s *stage) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.loads[key]) != n {
			return fmt.Errorf("%d loads of %s instead of %d", len(s.loads[key]), key, n)
		}
		return nil
	}
}

func got(name, value string, err error) step {
	return func(s *stage) error {
		select {
		case r := <-s.gets[name].result:
			if r.value != value && err == nil || !errors.Is(r.err, err) {
				return fmt.Errorf("Get number %s returned %q, %v instead of %q, %v", name, r.value, r.err, value, err)
			}
			return nil
		default:
			return fmt.Errorf("Get number %s has not returned", name)
		}
	}
}

// either is for a Get that waited for a load that was dropped: it has returned what this one loaded, or
// what the next one has.
func either(name, old string, err error, next string) step {
	return func(s *stage) error {
		select {
		case r := <-s.gets[name].result:
			isOld := errors.Is(r.err, err) && (err != nil || r.value == old)
			if !isOld && (r.err != nil || r.value != next) {
				return fmt.Errorf("Get number %s returned %q, %v instead of what one of the two loads did", name, r.value, r.err)
			}
			return nil
		default:
			return fmt.Errorf("Get number %s has not returned, although both loads have", name)
		}
	}
}
