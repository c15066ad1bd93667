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
//
// A load sends itself on a channel, and goes on when Check has received it. So the
// loads under way are those that a receive finds after all others have come to wait.
func Check(t T, open Open) {
	begun := make(chan loading)
	cache := open(func(key string) (string, error) {
		l := loading{key, make(chan error, 1), make(chan string, 1)}
		begun <- l
		return <-l.value, <-l.err
	})
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	s := &session{t: t, ctx: ctx, cache: cache, begun: begun, group: &group}
	s.all()
	cancel()
	over := make(chan struct{})
	go func() {
		group.Wait()
		close(over)
	}()
	for _, l := range s.under {
		l.answer("", nil)
	}
	for {
		synctest.Wait()
		select {
		case l := <-begun:
			l.answer("", nil)
			continue
		default:
		}
		<-over
		return
	}
}

type loading struct {
	key   string
	err   chan error
	value chan string
}

func (l loading) answer(value string, err error) {
	select {
	case l.value <- value:
		l.err <- err
	default:
	}
	synctest.Wait()
}

type session struct {
	t     T
	ctx   context.Context
	cache Cache
	begun chan loading
	under []loading
	group *sync.WaitGroup
	wrong bool
}

type returned struct {
	value string
	err   error
}

func (s *session) get(ctx context.Context, key string) chan returned {
	c := make(chan returned, 1)
	s.group.Go(func() {
		value, err := s.cache.Get(ctx, key)
		c <- returned{value, err}
	})
	synctest.Wait()
	return c
}

// next is the load that has begun since the last look.
func (s *session) next(key string) loading {
	synctest.Wait()
	select {
	case l := <-s.begun:
		s.under = append(s.under, l)
		if l.key != key {
			s.fail("a load of " + l.key + " instead of " + key)
		}
		return l
	default:
		s.fail("no load of " + key)
		return loading{key, make(chan error, 1), make(chan string, 1)}
	}
}

func (s *session) none() {
	synctest.Wait()
	select {
	case l := <-s.begun:
		s.under = append(s.under, l)
		s.fail("a load too many, of " + l.key)
	default:
	}
}

func (s *session) fail(text string) {
	s.wrong = true
	s.t.Errorf("%s", text)
}

func (s *session) want(c chan returned, value string, err error) {
	synctest.Wait()
	select {
	case r := <-c:
		if !errors.Is(r.err, err) || err == nil && r.value != value {
			s.t.Errorf("Get returned %q, %v; want %q, %v", r.value, r.err, value, err)
		}
	default:
		s.fail("Get has not returned")
	}
}

// oldOrNew is for a Get that waited for a load that was dropped, when this one and the next have returned.
func (s *session) oldOrNew(c chan returned, failure error) {
	synctest.Wait()
	select {
	case r := <-c:
		isNew := r.err == nil && r.value == "new"
		isOld := failure == nil && r.err == nil && r.value == "old" || failure != nil && errors.Is(r.err, failure)
		if !isNew && !isOld {
			s.t.Errorf("Get returned %q, %v; want the old load's or the new one's", r.value, r.err)
		}
	default:
		s.fail("Get has not returned, although both loads have")
	}
}

func (s *session) all() {
	for _, test := range []func(){s.share, s.sideBySide, s.broken, s.left, s.overtaken, s.dropped, s.droppedTwice} {
		if test(); s.wrong {
			return
		}
	}
}

func (s *session) share() {
	for _, history := range []string{"", "error", "value", "load"} {
		for _, value := range []string{"x", ""} {
			key := "shared " + value + history
			s.past(key, history)
			one, two, three := s.get(s.ctx, key), s.get(s.ctx, key), s.get(s.ctx, key)
			s.next(key).answer(value, nil)
			s.none()
			for _, c := range []chan returned{one, two, three, s.get(s.ctx, key)} {
				s.want(c, value, nil)
			}
			s.none()
		}
	}
	shared := s.get(s.ctx, "shared")
	s.next("shared").answer("x", nil)
	s.want(shared, "x", nil)
}

// past is what came before: a load that fails, or one that is dropped early or late. It ends the context
// of its Get, which might begin another load.
func (s *session) past(key, history string) {
	if history == "" {
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	s.get(ctx, key)
	l := s.next(key)
	cancel()
	synctest.Wait()
	switch history {
	case "error":
		l.answer("", errors.New("past"))
	case "value":
		s.want(s.kept(l, key), "old", nil)
		s.drop(key)
	case "load":
		s.drop(key)
	}
}

// kept is a Get that has seen the load return.
func (s *session) kept(l loading, key string) chan returned {
	c := s.get(s.ctx, key)
	l.answer("old", nil)
	return c
}

func (s *session) sideBySide() {
	var gets []chan returned
	var loads []loading
	for _, key := range []string{"a", "b", "c", "d", "e", "f"} {
		gets = append(gets, s.get(s.ctx, key))
		loads = append(loads, s.next(key))
		s.none()
	}
	s.want(s.get(s.ctx, "shared"), "x", nil)
	for i := range loads {
		last := len(loads) - 1 - i
		loads[last].answer(loads[last].key, nil)
		s.want(gets[last], loads[last].key, nil)
	}
}

func (s *session) broken() {
	failure := errors.New("failure")
	for _, history := range []string{"", "error", "value", "load"} {
		key := "broken " + history
		s.past(key, history)
		one, two, three := s.get(s.ctx, key), s.get(s.ctx, key), s.get(s.ctx, key)
		s.next(key).answer("", failure)
		for _, c := range []chan returned{one, two, three} {
			s.want(c, "", failure)
		}
		s.none()
		again := s.get(s.ctx, key)
		s.next(key).answer("repaired", nil)
		s.want(again, "repaired", nil)
	}
}

func (s *session) left() {
	var gets []chan returned
	var leave []context.CancelFunc
	var l loading
	for i := range 5 {
		ctx, cancel := context.WithCancel(s.ctx)
		leave = append(leave, cancel)
		gets = append(gets, s.get(ctx, "left"))
		if i == 0 {
			l = s.next("left")
		}
		s.none()
		if i == 1 || i == 3 { // the first, and then the last
			leaver := []int{0, 0, 0, 3}[i]
			leave[leaver]()
			s.want(gets[leaver], "", context.Canceled)
		}
	}
	l.answer("came", nil)
	for _, i := range []int{1, 2, 4} {
		s.want(gets[i], "came", nil)
		leave[i]()
	}
	s.want(s.get(s.ctx, "left"), "came", nil)
	s.none()
	alone, cancel := context.WithCancel(s.ctx)
	gone := s.get(alone, "alone")
	l = s.next("alone")
	cancel()
	s.want(gone, "", context.Canceled)
	newcomer := s.get(s.ctx, "alone")
	s.none()
	l.answer("came", nil)
	s.want(newcomer, "came", nil)
	s.want(s.get(s.ctx, "alone"), "came", nil)
	s.none()
	over, cancel := context.WithCancel(s.ctx)
	cancel()
	s.want(s.get(over, "over"), "", context.Canceled)
	s.mayLoad()
	late, cancel := context.WithTimeout(s.ctx, -1)
	defer cancel()
	s.want(s.get(late, "late"), "", context.DeadlineExceeded)
	s.mayLoad()
}

func (s *session) mayLoad() {
	select {
	case l := <-s.begun:
		s.under = append(s.under, l)
	default:
	}
}

// overtaken has the second Get leave before the first.
func (s *session) overtaken() {
	one := s.get(s.ctx, "overtaken")
	l := s.next("overtaken")
	ctx, cancel := context.WithCancel(s.ctx)
	two := s.get(ctx, "overtaken")
	s.none()
	cancel()
	s.want(two, "", context.Canceled)
	three := s.get(s.ctx, "overtaken")
	s.none()
	l.answer("came", nil)
	s.want(one, "came", nil)
	s.want(three, "came", nil)
	s.want(s.get(s.ctx, "overtaken"), "came", nil)
	s.none()
}

func (s *session) droppedTwice() {
	var old [2]loading
	for i := range old {
		s.get(s.ctx, "twice")
		old[i] = s.next("twice")
		s.drop("twice")
	}
	fresh := s.get(s.ctx, "twice")
	s.next("twice").answer("new", nil)
	s.want(fresh, "new", nil)
	for _, l := range old {
		l.answer("old", nil)
	}
	s.want(s.get(s.ctx, "twice"), "new", nil)
	s.none()
}

func (s *session) drop(key string) {
	done := make(chan struct{})
	s.group.Go(func() {
		s.cache.Drop(key)
		close(done)
	})
	synctest.Wait()
	select {
	case <-done:
	default:
		s.fail("Drop has not returned")
	}
}

func (s *session) dropped() {
	beside := s.get(s.ctx, "beside")
	other := s.next("beside")
	for key, failure := range map[string]error{"old first": nil, "new first": nil, "fails first": errors.New("old"), "fails last": errors.New("old")} {
		began := s.get(s.ctx, key)
		before := s.next(key)
		joined := s.get(s.ctx, key)
		if s.drop(key); s.wrong {
			return
		}
		fresh := s.get(s.ctx, key)
		after := s.next(key)
		if key == "old first" || key == "fails first" {
			before.answer("old", failure)
		}
		late := s.get(s.ctx, key)
		s.none()
		after.answer("new", nil)
		s.want(fresh, "new", nil)
		s.want(late, "new", nil)
		before.answer("old", failure)
		s.oldOrNew(began, failure)
		s.oldOrNew(joined, failure)
		s.want(s.get(s.ctx, key), "new", nil)
	}
	s.get(s.ctx, "beside")
	s.want(s.get(s.ctx, "shared"), "x", nil)
	s.none()
	other.answer("beside", nil)
	s.want(beside, "beside", nil)
}
