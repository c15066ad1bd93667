package busbackpressure_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	busbackpressure "heisenkata/exercises/06-deadlocks/04-bus-backpressure"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

const stuck = "a subscription has no room, Publish waits for it, and another call waits, too. " +
	"What does each of them wait for, on which line, and what does it hold meanwhile?"

// The reader of the slow subscription has received enough, and leaves. That is how it all began.
func TestReaderLeaves(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		oracle.Within(t, func() {
			j := newJam(t, random)
			next := j.begin(func() { assert.NoError(t, j.bus.Publish(t.Context(), j.event)) })
			for range random.IntN(30) { // by several goroutines at once
				j.begin(j.slow.Unsubscribe)
			}
			left := j.start("Unsubscribe", j.slow.Unsubscribe)
			assert.True(t, left.Load(), "a reader leaves while Publish waits for it, and Unsubscribe waits. For what?")
			if left.Load() {
				assertEnded(t, j.slow, j.full, "A reader has left while Publish waited for it")
			}
			assert.True(t, j.given.Load() && next.Load(), "the subscription that a Publish waited for has ended, and another Publish waited for its turn. Both should have returned")
			j.wait()
			assert.NoError(t, j.err, "the subscription that Publish waited for has ended, and all others have got the event")
			j.full = append(j.full, j.event) // twice
			more := someEvents(random, 3)
			publish(t, j.bus, more...)
			assertGot(t, j.first, have(have(j.full, j.event), more...), false, "Another reader has left")
			assertGot(t, j.last, have(have(j.full, j.event), more...), false, "Another reader has left while Publish waited for it")
		}, stuck)
	}
}

// A reader of another subscription leaves, before the one that Publish waits for or after it.
func TestOtherReadersLeave(t *testing.T) {
	random := oracle.Random(t)
	for k := 1; k < 4; k++ {
		oracle.Within(t, func() { testOthersLeave(t, newJam(t, random), k&1 != 0, k&2 != 0) }, stuck)
	}
	crowds := []int{life.Size(random, 50)}
	if oracle.Large(t) {
		crowds = append(life.Sizes(random, 3000), oracle.Many())
	}
	for _, crowd := range crowds {
		if !t.Failed() {
			oracle.Within(t, func() { testOneOfMany(t, random, newCrowdedJam(t, random, crowd)) }, stuck)
		}
	}
}

// testOthersLeave is about the reader after the one that Publish waits for, and the one before it.
func testOthersLeave(t *testing.T, j *jam, last, first bool) {
	if last {
		left := j.start("Unsubscribe", j.last.Unsubscribe)
		assert.True(t, left.Load(), otherWaits)
	}
	if first {
		left := j.start("Unsubscribe", j.first.Unsubscribe)
		assert.True(t, left.Load(), otherWaits)
	}
	assert.False(t, j.given.Load(), "Publish waits for a subscription, another one has ended, and Publish has returned")
	if last {
		again := j.start("Unsubscribe", j.last.Unsubscribe)
		if assert.True(t, again.Load(), "a subscription has ended, and another Unsubscribe waits. For what?") {
			assertEnded(t, j.last, j.full, "It has ended while Publish waited for another one")
		}
	}
	assert.Equal(t, j.full[0], <-j.slow.Events())
	j.wait()
	assert.NoError(t, j.err)
	assertGot(t, j.slow, have(j.full[1:], j.event), false, "Publish waited for this subscription, and its reader has received one event")
	assertGot(t, j.first, have(j.full, j.event), first, "Publish waited for another subscription")
	if !last {
		assertGot(t, j.last, have(j.full, j.event), false, "Publish waited for another subscription, and one has ended meanwhile")
	}
}

const otherWaits = "Publish waits for one subscription, another one ends, and its Unsubscribe waits. For what?"

// testOneOfMany is about many subscriptions, of which one or more end while Publish waits for another
// one. All others get the event, once.
func testOneOfMany(t *testing.T, random *rand.Rand, j *jam) {
	all := slices.Concat([]*subscription{j.first}, j.before, j.after)
	ended := make([]bool, len(all))
	for _, i := range append([]int{random.IntN(1 + len(j.before))}, random.Perm(len(all))[:min(len(all)-1, random.IntN(4))]...) {
		ended[i] = true
	}
	left := j.start("Unsubscribe", func() {
		for i, s := range all {
			if ended[i] {
				s.Unsubscribe()
			}
		}
	})
	assert.True(t, left.Load(), otherWaits)
	<-j.slow.Events()
	j.wait()
	assert.NoError(t, j.err)
	all, ended = append(all, j.last), append(ended, false)
	for i, s := range all {
		want := have(j.full, j.event)
		if ended[i] && i > len(j.before) {
			want = want[:len(j.full)]
		}
		if !assertGot(t, s, want, ended[i], fmt.Sprintf("There were %d other subscriptions. Publish waited for one of them, and some have ended meanwhile", len(all))) {
			return
		}
	}
}

// A loop over the events of a subscription ends when another goroutine ends the subscription.
func TestLoopOverEventsEnds(t *testing.T) {
	random := oracle.Random(t)
	oracle.Within(t, func() {
		j := newJam(t, random)
		got := []int{}
		loop := j.start("a loop over the events", func() {
			for event := range j.last.Events() {
				got = append(got, event)
			}
		})
		j.start("Unsubscribe", j.last.Unsubscribe)
		assert.True(t, loop.Load(), "a goroutine loops over the events of a subscription, another one ends the subscription, and the loop does not end")
		<-j.slow.Events()
		j.wait()
		assert.Equal(t, j.full, got)
		assert.NoError(t, j.err)
	}, stuck)
}

// A new reader comes while Publish waits for another one.
func TestReaderComes(t *testing.T) {
	random := oracle.Random(t)
	for range 3 {
		oracle.Within(t, func() {
			j := newJam(t, random)
			var late *subscription
			come := j.start("Subscribe", func() { late = j.bus.Subscribe(10) })
			assert.True(t, come.Load(), "a reader comes while Publish waits for another one, and Subscribe waits. For what?")
			<-j.slow.Events()
			j.wait()
			assert.NoError(t, j.err)
			<-j.slow.Events() // there is room for one more
			early := len(late.Events())
			assert.LessOrEqual(t, early, 1, "the new subscription has got what is published now, or nothing")
			more := random.IntN(5)
			publish(t, j.bus, more)
			want := []int{j.event, more}
			assertGot(t, late, want[1-min(early, 1):], false, "It was made while Publish waited for another one. Since then, another event was published")
			assertGot(t, j.last, have(j.full, want...), false, "A reader has come, and another event was published")
		}, stuck)
	}
}

// One Publish waits for a subscription, others wait for their turn, and their contexts end.
func TestPublishWaitsForItsTurnNoLonger(t *testing.T) {
	random := oracle.Random(t)
	for _, n := range []int{1, 1, 2 + random.IntN(30)} {
		oracle.Within(t, func() { testTurns(t, random, n) }, stuck)
		if t.Failed() {
			break
		}
	}
}

func testTurns(t *testing.T, random *rand.Rand, n int) {
	j := newJam(t, random)
	var ended atomic.Int64
	var ends []func()
	for i := range n {
		ctx, cancel := someContext(random)
		ends = append(ends, cancel)
		j.begin(func() {
			oracle.AssertWraps(t, j.bus.Publish(ctx, 1000+i), ctx.Err(), "Publish waited for its turn, and its context has ended")
			ended.Add(1)
		})
	}
	j.settle("Several Publish have begun")
	assert.Zero(t, ended.Load(), "one Publish waits for a subscription, and others have returned, although their contexts have not ended")
	for _, end := range ends {
		end()
	}
	j.settle("The contexts of several calls of Publish have ended")
	assert.EqualValues(t, n, ended.Load(), "one Publish waits for a subscription, and %d others wait for their turn. Their contexts have ended, and %d of them have returned", n, ended.Load())
	assert.False(t, j.given.Load(), "the context of another Publish has ended, and not of this one")
	<-j.slow.Events()
	j.wait()
	assert.NoError(t, j.err)
	assertGot(t, j.slow, have(j.full[1:], j.event), false, "Other calls of Publish have given up before their turn")
	assertGot(t, j.first, have(j.full, j.event), false, "Other calls of Publish have given up before their turn")
	assertGot(t, j.last, have(j.full, j.event), false, "Other calls of Publish have given up before their turn")
	publish(t, j.bus, 7)
	assertGot(t, j.slow, []int{7}, false, "Other calls of Publish have given up before their turn, and then another event was published")
}

// All readers leave at the same time.
func TestAllReadersLeave(t *testing.T) {
	random := oracle.Random(t)
	many := []int{2, 2 + random.IntN(30)}
	if oracle.Large(t) {
		many = append(many, oracle.Many())
	}
	for _, n := range many {
		b, c := busbackpressure.New[int](), newCrew(t)
		all := make([]*subscription, n)
		oracle.Within(t, func() {
			for i := range all {
				all[i] = b.Subscribe(1)
			}
			publish(t, b, 1)
			c.start("Publish", func() { assert.NoError(t, b.Publish(t.Context(), 2)) })
			oracle.Together(min(n, 50), func(k int) {
				for i := k; i < n; i += 50 {
					all[i].Unsubscribe()
				}
			})
			c.wait()
		}, fmt.Sprintf("%d readers leave at the same time, Publish waits for one of them, and a call does not return", n))
		for _, s := range all {
			var got []int
			for event := range s.Events() {
				got = append(got, event)
			}
			if !assert.Equal(t, []int{1}, got, "All readers have left at the same time, none of them has received anything, and there was room for one event") {
				return
			}
		}
	}
}
