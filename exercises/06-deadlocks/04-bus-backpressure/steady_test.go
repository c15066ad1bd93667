package busbackpressure_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	busbackpressure "heisenkata/exercises/06-deadlocks/04-bus-backpressure"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// Readers come and go, one call after the other, and there is room for all that is published.
func TestOneCaller(t *testing.T) {
	random := oracle.Random(t)
	large := oracle.Large(t)
	if large {
		for range 4 {
			testCalls(t, random, func() int { return random.IntN(3) })
		}
		testBillions(t, oracle.Often())
		testEndedAgain(t)
	}
	testCalls(t, random, func() int { return random.IntN(3) })
	testCalls(t, random, func() string { return life.AnyText(random) })
	testCalls(t, random, func() []byte { return []byte(life.AnyText(random)) })
	testCalls(t, random, func() error { return []error{nil, life.Known(random)}[random.IntN(2)] })
	testCalls(t, random, func() struct{} { return struct{}{} })
	sizes := []int{1 + random.IntN(9)}
	if large {
		sizes = append(life.Sizes(random, 1000), oracle.Many())
	}
	for _, n := range sizes {
		if t.Failed() {
			return
		}
		testMany(t, random, n)
	}
}

func testCalls[E any](t *testing.T, random *rand.Rand, draw func() E) {
	b := busbackpressure.New[E]()
	var here []*busbackpressure.Subscription[E]
	var got [][]E
	for range 50 {
		if t.Failed() {
			return
		}
		switch k := random.IntN(8); {
		case k == 0 || len(here) == 0:
			here, got = append(here, b.Subscribe(4)), append(got, []E{})
		case k < 3:
			i := random.IntN(len(here))
			assertGot(t, here[i], got[i], false, "A reader receives what there is")
			got[i] = []E{}
		case k == 3:
			i := random.IntN(len(here))
			for range 1 + random.IntN(2) {
				here[i].Unsubscribe()
			}
			assertEnded(t, here[i], got[i], "A subscription has ended")
			here[i].Unsubscribe()
			here, got = append(here[:i:i], here[i+1:]...), append(got[:i:i], got[i+1:]...)
		default:
			event := draw()
			for i := range here {
				if len(got[i]) == 4 { // no more room
					assertGot(t, here[i], got[i], false, "A reader receives what there is")
					got[i] = []E{}
				}
				got[i] = append(got[i], event)
			}
			oracle.Within(t, func() { publish(t, b, event) }, "there is room in all subscriptions, and Publish does not return")
		}
	}
}

// testBillions is about a bus that has had n subscriptions and events.
func testBillions(t *testing.T, n int) {
	b := busbackpressure.New[int]()
	stays := b.Subscribe(1)
	for i := range n {
		s := b.Subscribe(1)
		publish(t, b, i)
		s.Unsubscribe()
		if !assert.Equal(t, [2]int{i, i}, [2]int{<-s.Events(), <-stays.Events()}, "event %d of a bus, as two subscriptions have got it", i) {
			return
		}
	}
	stays.Unsubscribe()
	assertEnded(t, stays, []int{}, "A bus has had many events")
}

// testEndedAgain is about a subscription that ends again when an exact number of others
// have come and gone: that does not end another one.
func testEndedAgain(t *testing.T) {
	b := busbackpressure.New[int]()
	for _, n := range oracle.Exactly() {
		old := b.Subscribe(1)
		old.Unsubscribe()
		for range n - 1 {
			b.Subscribe(1).Unsubscribe()
		}
		another := b.Subscribe(1)
		old.Unsubscribe()
		publish(t, b, n)
		if !assertGot(t, another, []int{n}, false, fmt.Sprintf("An older subscription was ended once more, after %d others", n)) {
			return
		}
		another.Unsubscribe()
	}
}

// testMany is about n subscriptions, room for n events, and n events one after the other.
func testMany(t *testing.T, random *rand.Rand, n int) {
	b := busbackpressure.New[int]()
	oracle.Within(t, func() {
		all := make([]*subscription, n)
		for i := range all {
			all[i] = b.Subscribe(1 + random.IntN(3))
		}
		publish(t, b, n)
		for i, at := range random.Perm(n) {
			if i%2 == 0 {
				all[at].Unsubscribe()
			}
			if !assertGot(t, all[at], []int{n}, i%2 == 0, fmt.Sprintf("One of %d subscriptions", n)) {
				return
			}
			all[at].Unsubscribe()
		}
		publish(t, b, 1, 2, 3, 4) // to none
		large := b.Subscribe(n)
		want := make([]int, n)
		for i := range want {
			want[i] = random.IntN(5)
		}
		publish(t, b, want...)
		full, cancel := context.WithCancel(t.Context())
		c := newCrew(t)
		one := c.start("Publish", func() { assert.Error(t, b.Publish(full, 9), "its context has ended, and there was no room") })
		assert.False(t, one.Load(), "a subscription has room for %d events, %d were published, and none was received. Another Publish has returned", n, n)
		cancel()
		c.wait()
		assertGot(t, large, want, false, fmt.Sprintf("A subscription has room for %d events", n))
		large.Unsubscribe()
	}, fmt.Sprintf("there is room for %d events, and a call does not return", n))
}

// Publish waits as long as it takes, and for one event to be received.
func TestPublishWaitsForRoom(t *testing.T) {
	random := oracle.Random(t)
	oracle.Within(t, func() {
		j := newJam(t, random)
		assertGot(t, j.first, have(j.full, j.event), false, "It was made before the one that Publish waits for")
		assertGot(t, j.last, j.full, false, "It was made after the one that Publish waits for")
		more := j.start("Publish", func() { assert.NoError(t, j.bus.Publish(t.Context(), 8)) })
		assert.False(t, more.Load(), "a Publish waits for a subscription, and the next one has not waited for its turn")
		assertGot(t, j.first, []int{}, false, "A Publish waits for a subscription, and the next one has begun. One gives its event at a time")
		for i, event := range j.full {
			assert.Equal(t, event, <-j.slow.Events())
			j.settle("An event was received")
			assert.True(t, j.given.Load(), "Publish waits for a subscription, of which an event was received now: there is room")
			assert.Equal(t, i > 0, more.Load(), "two calls of Publish have begun, and %d events were received since. Both have returned: %v", i+1, more.Load())
		}
		assert.Equal(t, j.event, <-j.slow.Events())
		j.wait()
		assert.NoError(t, j.err)
		assertGot(t, j.slow, []int{8}, false, "Publish has waited for room")
		assertGot(t, j.last, []int{j.event, 8}, false, "Publish has waited for room in another subscription")
	}, "Publish waited for room, events were received, and a Publish does not return")
	waits := []time.Duration{time.Second, time.Hour, 1000 * 24 * time.Hour}
	for _, long := range waits {
		if !t.Failed() {
			inBubble(t, func(t *testing.T) { testLongWait(t, long+time.Duration(random.IntN(1000))) })
		}
	}
}

// testLongWait is about a Publish that waits for a long time.
func testLongWait(t *testing.T, long time.Duration) {
	b := busbackpressure.New[int]()
	s := b.Subscribe(1)
	publish(t, b, 1)
	began := time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	watched := oracle.Watch(ctx)
	done := make(chan struct{})
	for range 2 { // one waits for room, and the other one for its turn
		go func() {
			assert.NoError(t, b.Publish(watched, 2))
			assert.Equal(t, long, time.Since(began), "there was no room for this long. Publish has taken this long")
			done <- struct{}{}
		}()
	}
	synctest.Wait()
	asked := watched.Asked()
	time.Sleep(long)
	assert.Equal(t, asked, watched.Asked(), "Publish has waited for %v. Number of calls to its context before and since", long)
	<-s.Events()
	<-done
	assert.Equal(t, 2, <-s.Events(), "Publish has waited for room")
	<-done
	oracle.AssertReleased(t, ctx, "Publish has returned")
	cancel()
	assertGot(t, s, []int{2}, false, "Publish has waited for its turn")
	s.Unsubscribe()
}

// The context of a Publish ends while it waits for room.
func TestContextEndsWhilePublishWaits(t *testing.T) {
	random := oracle.Random(t)
	rounds := 2
	if oracle.Large(t) {
		rounds = 20
	}
	for range rounds {
		oracle.Within(t, func() { testContextEnds(t, random) }, "the context of a Publish has ended while it waited for room, and a call does not return")
		for range 15 {
			testDone(t, random)
		}
		if t.Failed() {
			return
		}
	}
}

func testContextEnds(t *testing.T, random *rand.Rand) {
	j := newJam(t, random)
	j.cancel()
	j.settle("A context has ended")
	assert.True(t, j.given.Load(), "Publish waits for room, its context has ended, and it still waits")
	j.wait()
	oracle.AssertWraps(t, j.err, j.ctx.Err(), "Publish has waited for room, and its context has ended")
	<-j.slow.Events()
	publish(t, j.bus, 8)
	assertGot(t, j.first, have(j.full, j.event, 8), false, "It has got an event, and then the context of its Publish has ended")
	assertGot(t, j.slow, have(j.full[1:], 8), false, "It had no room for an event, and the context of its Publish has ended")
	assertGot(t, j.last, have(j.full, 8), false, "Publish waited for another subscription, and its context has ended")
}

// testDone is about a context that is done before the call, or not.
func testDone(t *testing.T, random *rand.Rand) {
	b := busbackpressure.New[int]()
	ctx, cancel := life.Context(random)
	defer cancel()
	subs := make([]*subscription, random.IntN(3))
	for i := range subs {
		subs[i] = b.Subscribe(1)
	}
	want, err := []int{}, b.Publish(ctx, 5)
	if ctx.Err() == nil {
		want = append(want, 5)
		assert.NoError(t, err, "the context has not ended, and there is room")
	} else {
		oracle.AssertWraps(t, err, ctx.Err(), "the context had ended before Publish was called")
	}
	for _, s := range subs {
		assertGot(t, s, want, false, fmt.Sprintf("Publish was called with a context whose error was: %v", ctx.Err()))
	}
}

// All subscriptions get the events in the same order, whichever goroutines publish them.
func TestSameOrderEverywhere(t *testing.T) {
	random := oracle.Random(t)
	publishers, events, readers := 2+random.IntN(3), 20, 3
	if oracle.Large(t) {
		testManyPublishers(t, oracle.Many())
	} else {
		testManyPublishers(t, 20)
	}
	b := busbackpressure.New[int]()
	got := make([][]int, readers)
	oracle.Within(t, func() {
		var group sync.WaitGroup
		for i := range got {
			s := b.Subscribe(1 + random.IntN(3))
			group.Go(func() {
				for range publishers * events {
					got[i] = append(got[i], <-s.Events())
					if i == 0 {
						runtime.Gosched()
					}
				}
			})
		}
		oracle.Together(publishers, func(p int) {
			for k := range events {
				assert.NoError(t, b.Publish(context.Background(), p*events+k))
			}
		})
		group.Wait()
	}, "several goroutines publish and several receive, and a call does not return")
	for i := range got {
		assert.Equal(t, got[0], got[i], "two subscriptions have got the same events, and in another order")
	}
	next := make([]int, publishers)
	for _, event := range got[0] {
		p := event / events
		if !assert.Equal(t, next[p], event%events, "a goroutine has published its events one after the other, and they have come in another order") {
			return
		}
		next[p]++
	}
}

// testManyPublishers is about many calls of Publish that wait at the same time.
func testManyPublishers(t *testing.T, many int) {
	b, c := busbackpressure.New[int](), newCrew(t)
	s := b.Subscribe(1)
	var sum int
	oracle.Within(t, func() {
		for i := range many {
			c.begin(func() { assert.NoError(t, b.Publish(context.Background(), i)) })
		}
		c.settle("Many calls of Publish have begun")
		for range many {
			sum += <-s.Events()
		}
		c.wait()
	}, fmt.Sprintf("%d calls of Publish wait at the same time, all events are received, and a call does not return", many))
	assert.Equal(t, many*(many-1)/2, sum, "%d events were published and received. This is their sum", many)
	s.Unsubscribe()
}

// Buses have nothing in common: while a Publish waits on one of them, another one is used.
func TestBusesAreIndependent(t *testing.T) {
	random := oracle.Random(t)
	jams, more := 1+random.IntN(2), 3
	if oracle.Large(t) { // any of as many as a fix may number before it begins again
		jams, more = 100, oracle.Beyond(300, 6*oracle.Many())
	}
	var all []*jam
	oracle.Within(t, func() {
		for range jams {
			all = append(all, newJam(t, random))
			if t.Failed() {
				break
			}
		}
		c := newCrew(t)
		used := c.start("a call on another bus", func() { testCalls(t, random, func() int { return random.IntN(3) }) })
		assert.True(t, used.Load(), "Publish waits on %d buses, and a call on another one waits. What do they share?", jams)
		for i := range more {
			b := busbackpressure.New[int]()
			s := b.Subscribe(1)
			publish(t, b, i)
			s.Unsubscribe()
			if !assert.Equal(t, i, <-s.Events(), "the event of a bus") {
				break
			}
		}
		for _, j := range all {
			<-j.slow.Events()
			j.wait()
			assert.NoError(t, j.err)
		}
		c.wait()
	}, "Publish waits on some buses, and a call on another one does not return. What do they share?")
}
