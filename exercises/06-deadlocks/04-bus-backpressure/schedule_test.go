package busbackpressure_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	busbackpressure "heisenkata/exercises/06-deadlocks/04-bus-backpressure"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/life/request"
	"heisenkata/exercises/internal/oracle"
)

// A reader receives one event and leaves, while more are published than it has room for.
func TestScheduleReaderLeaves(t *testing.T) {
	b := busbackpressure.New[int]()
	s, ctx := b.Subscribe(1), caller(t)
	var group sync.WaitGroup
	group.Go(func() {
		for event := range 3 {
			assert.NoError(t, b.Publish(ctx, event))
		}
	})
	first := <-s.Events()
	s.Unsubscribe()
	left := []int{}
	for event := range s.Events() {
		left = append(left, event)
	}
	group.Wait()
	assert.Equal(t, 0, first)
	assert.Equal(t, []int{1, 2}[:min(len(left), 1)], left, "A subscription has room for one event. It has ended: what is left in it was published next, or nothing is")
}

// Two goroutines end the same subscription, or a few more than a number that the fix holds,
// while Publish waits for it.
func TestScheduleTwoLeave(t *testing.T) {
	b := busbackpressure.New[int]()
	s := b.Subscribe(1)
	publish(t, b, 1)
	leave := func() {
		s.Unsubscribe()
		for range 2 {
			select {
			case event, ok := <-s.Events():
				assert.True(t, !ok || event == 1, "it has room for one event, and got another one")
			default:
				assert.Fail(t, "Unsubscribe has returned, and the channel is not closed", "Several goroutines call Unsubscribe, and in one of them it has returned.")
			}
		}
	}
	ctx := caller(t)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, b.Publish(ctx, 2)) })
	for range 1 + life.Crowd(oracle.Random(t), 16) {
		group.Go(leave)
	}
	leave()
	group.Wait()
}

// Publish waits for one subscription, and another one ends, which is before it or after it.
func TestScheduleAnotherLeaves(t *testing.T) {
	b := busbackpressure.New[int]()
	first, slow, last := b.Subscribe(2), b.Subscribe(1), b.Subscribe(2)
	publish(t, b, 1)
	ctx := caller(t)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, b.Publish(ctx, 2)) })
	first.Unsubscribe()
	last.Unsubscribe()
	assert.Equal(t, 1, <-slow.Events(), "the first event of a subscription")
	assert.Equal(t, 2, <-slow.Events(), "the second event of a subscription, while others have ended")
	group.Wait()
	assertEnded(t, last, []int{1}, "Publish could not give it another event, since it waited for the one before, which had no room until this one had ended")
}

// One Publish waits for a subscription, another one for its turn, until its context ends.
func TestScheduleTurnIsCancelled(t *testing.T) {
	b := busbackpressure.New[int]()
	s := b.Subscribe(1)
	publish(t, b, 0)
	ctx, hangUp := context.WithCancelCause(context.Background())
	cancel := func() { hangUp(errors.New("the client has hung up")) }
	defer cancel()
	over := context.Canceled
	if rand.IntN(3) > 0 { // of a type of the caller's
		theirs, end := request.Open(context.Background())
		over = append(life.Endings(errors.New("the line is dead")), over)[rand.IntN(4)]
		ctx, cancel = theirs, func() { end(over) }
	}
	var publishing, gone sync.WaitGroup
	errs := [2]error{}
	for i := range errs {
		publishing.Go(func() { errs[i] = b.Publish(ctx, i+1) })
	}
	gone.Go(func() { assert.NoError(t, b.Publish(context.Background(), 3)) })
	cancel()
	publishing.Wait()
	for _, err := range errs {
		oracle.AssertWraps(t, err, over, "there was no room, and the context of Publish has ended")
	}
	assert.Equal(t, 0, <-s.Events(), "the event that came first")
	assert.Equal(t, 3, <-s.Events(), "two Publish have given up, and this is the event of another one")
	gone.Wait()
	assertGot(t, s, []int{}, false, "All has been received")
}

// A reader comes while Publish waits for another one.
func TestScheduleReaderComes(t *testing.T) {
	b := busbackpressure.New[int]()
	slow := b.Subscribe(1)
	publish(t, b, 0)
	ctx := caller(t)
	var group sync.WaitGroup
	group.Go(func() {
		assert.NoError(t, b.Publish(ctx, 1))
		assert.NoError(t, b.Publish(ctx, 2))
	})
	late := b.Subscribe(3)
	assert.Equal(t, 0, <-slow.Events())
	assert.Equal(t, 1, <-slow.Events())
	assert.Equal(t, 2, <-slow.Events())
	group.Wait()
	early := len(late.Events())
	assert.LessOrEqual(t, early, 2)
	assertGot(t, late, []int{1, 2}[2-early:], false, "It has come while two events were published, and has got those after some moment")
}

// Two events are published at the same time, and two subscriptions get them in the same order.
func TestScheduleSameOrder(t *testing.T) {
	b := busbackpressure.New[int]()
	one, other := b.Subscribe(2), b.Subscribe(2)
	var group sync.WaitGroup
	group.Go(func() { assert.NoError(t, b.Publish(context.Background(), 1)) })
	assert.NoError(t, b.Publish(context.Background(), 2))
	group.Wait()
	first := <-one.Events()
	assertGot(t, one, []int{3 - first}, false, "Two events were published")
	assertGot(t, other, []int{first, 3 - first}, false, "Two events were published, and another subscription has got them in this order")
}

// caller is the context of a caller, with which nothing may be registered when the test has ended.
func caller(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		if !t.Failed() { // otherwise a Publish may still be under way
			oracle.AssertReleased(t, ctx, "Publish has returned")
			cancel()
		}
	})
	return ctx
}
