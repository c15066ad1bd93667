package busbackpressure_test

import (
	"context"
	"maps"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	busbackpressure "heisenkata/exercises/06-deadlocks/04-bus-backpressure"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

type (
	bus          = busbackpressure.Bus[int]
	subscription = busbackpressure.Subscription[int]
)

// A crew is the goroutines of a test.
type crew struct {
	t    *testing.T
	busy atomic.Int64
	done chan struct{} // receives one message from each
}

func newCrew(t *testing.T) *crew { return &crew{t: t, done: make(chan struct{}, 2*oracle.Many())} }

// begin starts a call on a goroutine of its own.
func (c *crew) begin(fn func()) (returned *atomic.Bool) {
	returned = new(atomic.Bool)
	c.busy.Add(1)
	go func() {
		fn()
		returned.Store(true)
		c.done <- struct{}{}
	}()
	return returned
}

// start starts a call, and lets it run until it has returned or waits for another one.
func (c *crew) start(call string, fn func()) (returned *atomic.Bool) {
	returned = c.begin(fn)
	c.settle(call + " has begun")
	return returned
}

// settle lets all calls run until they have returned or wait.
func (c *crew) settle(story string) {
	assert.True(c.t, oracle.AllBlocked(), "%s. A call that has to wait blocks, but here a goroutine keeps running: it spins or polls", story)
}

// wait waits until all calls have returned.
func (c *crew) wait() {
	for ; c.busy.Load() > 0; c.busy.Add(-1) {
		<-c.done
	}
}

// A jam is a bus with three subscriptions, of which one is slow: it has no room, and a
// Publish waits there.
type jam struct {
	*crew
	bus               *bus
	first, slow, last *subscription   // in the order in which they were made
	before, after     []*subscription // others that stay, made before slow or after it
	full              []int           // what all three have got
	event             int             // what first has got as well
	given             *atomic.Bool    // whether Publish has returned
	err               error           // what it has returned
	ctx               context.Context
	cancel            func() // ends its context
}

func newJam(t *testing.T, r *rand.Rand) *jam { return newCrowdedJam(t, r, 0) }

// newCrowdedJam makes a jam with that many other subscriptions, most of them after the slow one.
func newCrowdedJam(t *testing.T, r *rand.Rand, crowd int) *jam {
	j := &jam{crew: newCrew(t), bus: busbackpressure.New[int](), full: someEvents(r, 1+r.IntN(4)), event: r.IntN(5)}
	var others []*subscription // which have ended
	subscribe := func(room int) *subscription {
		for range max(r.IntN(3), 1-len(others)) {
			others = append(others, j.bus.Subscribe(1))
		}
		for range r.IntN(1 + len(others)) { // some end before the next one is made
			others[r.IntN(len(others))].Unsubscribe()
		}
		return j.bus.Subscribe(room)
	}
	j.first = subscribe(len(j.full) + 20)
	for range r.IntN(1 + crowd/4) {
		j.before = append(j.before, j.bus.Subscribe(len(j.full)+20))
	}
	j.slow = subscribe(len(j.full))
	for range crowd - len(j.before) {
		j.after = append(j.after, j.bus.Subscribe(len(j.full)+20))
	}
	j.last = subscribe(len(j.full) + 20)
	for _, i := range r.Perm(len(others)) {
		others[i].Unsubscribe()
	}
	publish(t, j.bus, j.full...)
	j.ctx, j.cancel = someContext(r)
	t.Cleanup(j.cancel)
	j.given = j.start("Publish", func() { j.err = j.bus.Publish(j.ctx, j.event) })
	assert.False(t, j.given.Load(), "a subscription has room for %d events, and as many were published that it has not received. "+
		"Another Publish has returned: where is its event?", len(j.full))
	return j
}

// someEvents draws events, of which some are equal.
func someEvents(r *rand.Rand, n int) (events []int) {
	for range n {
		events = append(events, r.IntN(5))
	}
	return events
}

// publish publishes events one after the other. There is room for all of them.
func publish[E any](t *testing.T, b *busbackpressure.Bus[E], events ...E) {
	t.Helper()
	for _, event := range events {
		assert.NoError(t, b.Publish(t.Context(), event))
	}
}

// have returns a new list of what was published.
func have(full []int, more ...int) []int { return append(append([]int{}, full...), more...) }

// assertGot receives what a subscription has got so far, without waiting for more. It
// fails t unless that is what is wanted, and the channel is then open or closed.
func assertGot[E any](t *testing.T, s *busbackpressure.Subscription[E], want []E, closed bool, story string) bool {
	t.Helper()
	got := []E{}
	for {
		select {
		case event, ok := <-s.Events():
			if ok {
				got = append(got, event)
				continue
			}
			return assert.Equal(t, want, got, "%s. The events that a subscription has got, until its channel is closed", story) &&
				assert.True(t, closed, "%s. The channel is closed, although the subscription has not ended", story)
		default:
			return assert.Equal(t, want, got, "%s. The events that a subscription has got", story) &&
				assert.False(t, closed, "%s. Unsubscribe has returned, and the channel is not closed: a loop over it does not end", story)
		}
	}
}

// assertEnded is assertGot for a subscription that has ended.
func assertEnded[E any](t *testing.T, s *busbackpressure.Subscription[E], want []E, story string) bool {
	t.Helper()
	return assertGot(t, s, want, true, story)
}

// someContext draws a context that can be cancelled, of several types.
func someContext(r *rand.Rand) (ctx context.Context, cancel func()) {
	for {
		if ctx, cancel = life.Context(r); ctx.Done() != nil && ctx.Err() == nil {
			if r.IntN(2) == 0 {
				ctx = own{ctx, life.Known(r)}
			}
			return ctx, cancel
		}
		cancel()
	}
}

// own is a context of the caller's, with an error of its own.
type own struct {
	context.Context
	err error
}

func (c own) Err() error {
	if c.Context.Err() == nil {
		return nil
	}
	return c.err
}

// all returns the subscriptions by number.
func (h *hall) all() map[int]*subscription {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := maps.Clone(h.late)
	for i, s := range h.subs {
		all[i] = s
	}
	return all
}

// rest receives what is left in a subscription that has ended.
func rest(s *subscription) string {
	for text := ""; ; {
		switch event := receive(s); {
		case event == "closed":
			return text
		case len(event) > 1:
			return text + event
		default:
			text += event
		}
	}
}
