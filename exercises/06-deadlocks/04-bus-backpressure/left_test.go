package busbackpressure_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"

	busbackpressure "heisenkata/exercises/06-deadlocks/04-bus-backpressure"
	"heisenkata/exercises/internal/oracle"
)

// inBubble runs fn in virtual time, and fails t if something keeps running after it. In it,
// no call waits for a lock.
func inBubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() {
		oracle.Bubble(t, func(t *testing.T) {
			here := oracle.WhoIsHere()
			fn(t)
			here.AssertNothingGoesOn(t, "All calls have returned.")
		})
	}, "Publish waited for room, there is some, and a call does not return")
}

// When a call has returned, nothing that it started is still running.
func TestNothingGoesOn(t *testing.T) {
	random := oracle.Random(t)
	inBubble(t, func(t *testing.T) {
		b := busbackpressure.New[int]()
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		watched := oracle.Watch(ctx)
		here := oracle.WhoIsHere()
		subs := []*subscription{b.Subscribe(3), b.Subscribe(3), b.Subscribe(3)}
		for range 3 {
			assert.NoError(t, b.Publish(watched, random.IntN(9)))
		}
		here.AssertNothingGoesOn(t, "Three subscriptions have got some events.")
		oracle.AssertReleased(t, ctx, "Publish has returned")
		for _, s := range subs {
			s.Unsubscribe()
		}
		asked := watched.Asked()
		time.Sleep(24 * time.Hour)
		assert.Equal(t, asked, watched.Asked(), "Publish returned a day ago, but something has used its context since")
	})
}

// A subscription that has ended is forgotten: a bus that is used for years needs no more
// memory than its subscriptions do. That also holds while a Publish waits for another one,
// and if a reader keeps one that has ended.
func TestEndedSubscriptionsAreForgotten(t *testing.T) {
	n, large := 5, oracle.Large(t)
	if large {
		n = 100
	}
	b, c := busbackpressure.New[*int](), newCrew(t)
	assertForgotten(t, comeAndGo(t, b, n), large, "")
	many := make([]*busbackpressure.Subscription[*int], 3*n) // more than those that come and go
	for i := range many {
		many[i] = b.Subscribe(n)
	}
	assertForgotten(t, comeAndGo(t, b, n), large, ", and more stay")
	for _, s := range many {
		s.Unsubscribe()
	}
	oracle.Within(t, func() { assertForgotten(t, givenUp(t, b, n), large, ", and the last Publish has given up") }, stuck)
	for _, first := range []bool{true, false} {
		kept, others := lastFirst(b, n, first)
		assertForgotten(t, others, large, ", the last one first, and a reader keeps one")
		kept.Unsubscribe()
	}
	stays := b.Subscribe(1)
	publish(t, b, nil)
	oracle.Within(t, func() {
		waits := c.start("Publish", func() { assert.NoError(t, b.Publish(t.Context(), nil)) })
		mine := b.Subscribe(1)
		assertForgotten(t, oneByOne(b, mine, n), large, " while a Publish waits")
		assert.False(t, waits.Load(), "there is no room for the event of a Publish, and it has returned")
		assertEnded(t, mine, []*int{}, "It was made while a Publish waited for another one")
		<-stays.Events()
		c.wait()
	}, stuck)
	stays.Unsubscribe()
}

// assertForgotten collects garbage only once, since that takes a while.
func assertForgotten(t *testing.T, all []weak.Pointer[busbackpressure.Subscription[*int]], large bool, when string) {
	t.Helper()
	kept := 0
	if large {
		runtime.GC()
		runtime.GC()
		for _, s := range all {
			if s.Value() != nil {
				kept++
			}
		}
	}
	assert.LessOrEqual(t, kept, 3, "%d of %d subscriptions are still in memory. They have ended%s, nothing else refers to them, and the garbage collector has run twice", kept, len(all), when)
}

// comeAndGo makes n subscriptions, which end in some other order, and returns weak pointers to them.
//
//go:noinline
func comeAndGo(t *testing.T, b *busbackpressure.Bus[*int], n int) (all []weak.Pointer[busbackpressure.Subscription[*int]]) {
	subs := make([]*busbackpressure.Subscription[*int], n)
	for i := range subs {
		subs[i] = b.Subscribe(n)
		all = append(all, weak.Make(subs[i]))
		publish(t, b, new(int))
	}
	for _, i := range rand.Perm(n) {
		subs[i].Unsubscribe()
	}
	return all
}

// givenUp makes n subscriptions and one more, at which a Publish waits until its caller gives
// up. Then all end. It returns weak pointers to the n.
//
//go:noinline
func givenUp(t *testing.T, b *busbackpressure.Bus[*int], n int) (all []weak.Pointer[busbackpressure.Subscription[*int]]) {
	subs := make([]*busbackpressure.Subscription[*int], n)
	for i := range subs {
		subs[i] = b.Subscribe(2)
		all = append(all, weak.Make(subs[i]))
	}
	full := b.Subscribe(1)
	publish(t, b, nil)
	<-subs[0].Events()
	ctx, giveUp := context.WithCancel(t.Context())
	returned := make(chan error)
	go func() { returned <- b.Publish(ctx, nil) }()
	<-subs[0].Events()
	giveUp()
	assert.ErrorIs(t, <-returned, context.Canceled, "there is no room for the event of a Publish, and its caller gives up")
	for _, s := range append(subs, full) {
		s.Unsubscribe()
	}
	return all
}

// lastFirst makes n subscriptions, which end in the opposite order. It returns the first or
// the last of them, and weak pointers to the others.
//
//go:noinline
func lastFirst(b *busbackpressure.Bus[*int], n int, first bool) (kept *busbackpressure.Subscription[*int], others []weak.Pointer[busbackpressure.Subscription[*int]]) {
	subs := make([]*busbackpressure.Subscription[*int], n)
	for i := range subs {
		subs[i] = b.Subscribe(1)
	}
	for _, s := range slices.Backward(subs) {
		s.Unsubscribe()
		others = append(others, weak.Make(s))
	}
	if first {
		return subs[0], others[:n-1]
	}
	return subs[n-1], others[1:]
}

// oneByOne makes n subscriptions, one after the other. Each time, the one before ends.
//
//go:noinline
func oneByOne(b *busbackpressure.Bus[*int], last *busbackpressure.Subscription[*int], n int) (all []weak.Pointer[busbackpressure.Subscription[*int]]) {
	for range n {
		next := b.Subscribe(1)
		all = append(all, weak.Make(next))
		last.Unsubscribe()
		last = next
	}
	last.Unsubscribe()
	return all
}
