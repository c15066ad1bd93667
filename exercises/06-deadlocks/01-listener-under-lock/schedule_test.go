package listenerunderlock_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/06-deadlocks/01-listener-under-lock"
	"heisenkata/exercises/internal/oracle"
)

// A display shows a change together with what the book says.
func TestScheduleListenerGets(t *testing.T) {
	book := listenerunderlock.New()
	shown := ""
	book.Subscribe(func(c change) {
		phone, _ := book.Get(c.Name)
		shown += c.Name + " " + phone
	})
	book.Set("ann", "0123")
	assert.Equal(t, "ann 0123", shown, "a listener gets the phone that was set")
}

// A display wants to hear of one change only. It ends its subscription, and then looks
// the phone up. Meanwhile other clerks set it again, and another one.
func TestScheduleListenerEndsItself(t *testing.T) {
	book := listenerunderlock.New()
	var off func()
	told := 0
	off = book.Subscribe(func(c change) {
		told++
		off()
		phone, _ := book.Get(c.Name)
		assert.Equal(t, c.Phone, phone, "until a listener has returned no other Set changes the book, so it gets the phone that it was told of, even if its subscription has ended")
		before, _ := book.Get("bob")
		after, _ := book.Get("bob")
		assert.Equal(t, before, after, "until a listener has returned no other Set changes the book, not even the phone of another name, and not even if the listener's subscription has ended")
	})
	var group sync.WaitGroup
	group.Go(func() { book.Set("ann", "1") })
	group.Go(func() { book.Set("bob", "3") })
	book.Set("ann", "2")
	group.Wait()
	assert.Equal(t, 1, told, "a listener has ended its subscription when it was told of the first change")
}

// Two clerks set the phone of one name, and may set the same one. The display shows what
// it has heard last.
func TestScheduleTwoSets(t *testing.T) {
	book := listenerunderlock.New()
	one, other := "1", []string{"1", "2"}[rand.IntN(2)]
	shown, told := "", 0
	book.Subscribe(func(c change) {
		shown = c.Phone
		told++
	})
	var group sync.WaitGroup
	group.Go(func() { book.Set("ann", one) })
	book.Set("ann", other)
	group.Wait()
	phone, _ := book.Get("ann")
	assert.Equal(t, phone, shown, "two goroutines have set the phone of one name, and a display shows the last change that it was told of: the display and the book should agree")
	assert.Equal(t, 2, told, "two goroutines have set the phone of one name, to %s and %s: a display is told of every Set", one, other)
}

// Two clerks set a phone. The display shows the second change when the clerk that made the
// first one is done.
func TestScheduleSetReturns(t *testing.T) {
	book := listenerunderlock.New()
	returned := map[string]chan bool{"1": make(chan bool), "2": make(chan bool)}
	first := ""
	book.Subscribe(func(c change) {
		if first == "" {
			first = c.Phone
			return
		}
		<-returned[first]
	})
	set := func(phone string) {
		book.Set("ann", phone)
		close(returned[phone])
	}
	oracle.Within(t, func() {
		var group sync.WaitGroup
		group.Go(func() { set("1") })
		set("2")
		group.Wait()
	}, "all listeners have returned from the call with one change, and its Set does not return while they are called with another one")
}

// A display is switched on while the phone is set: either it finds the phone in the
// book, or it is told.
func TestScheduleSubscribeMeetsSet(t *testing.T) {
	book := listenerunderlock.New()
	var told []change
	var group sync.WaitGroup
	group.Go(func() { book.Set("ann", "0123") })
	_, before := book.Get("ann")
	book.Subscribe(func(c change) { told = append(told, c) })
	_, found := book.Get("ann")
	group.Wait()
	if before {
		assert.Empty(t, told, "a display has found the phone in the book and then subscribed, so the book had changed before, and the display is told of later changes only")
	}
	if !found {
		assert.Len(t, told, 1, "a display has subscribed and then not found the phone in the book, so it must be told of it, once")
	}
	assert.LessOrEqual(t, len(told), 1, "the phone was set once")
}

// Displays are switched on while others are told of a change, and one is switched off again.
// They are told of the next change, in the order in which they were switched on.
func TestScheduleSubscribeDuringSet(t *testing.T) {
	book := listenerunderlock.New()
	var mu sync.Mutex
	var heard []string
	display := func(name string) func(change) {
		return func(c change) {
			mu.Lock()
			defer mu.Unlock()
			heard = append(heard, name+" "+c.Phone)
		}
	}
	book.Subscribe(display("first"))
	telling := make(chan bool, 2)
	book.Subscribe(func(change) { telling <- true })
	var group sync.WaitGroup
	group.Go(func() { book.Set("ann", "1") })
	<-telling
	off := book.Subscribe(display("second"))
	book.Subscribe(display("third"))
	off()
	book.Subscribe(display("fourth"))
	book.Set("ann", "2")
	group.Wait()
	assert.Equal(t, []string{"first 1", "first 2", "third 2", "fourth 2"}, heard, "three displays have subscribed while the first one was told that the phone is 1, "+
		"and the subscription of the second one has ended before the phone was set to 2")
}

// Two goroutines switch a display off while phones are set. Once one of the two calls of
// unsubscribe has returned, no later change is told.
func TestScheduleUnsubscribeMeetsSet(t *testing.T) {
	book := listenerunderlock.New()
	var mu sync.Mutex
	told := map[string]int{}
	off := book.Subscribe(func(c change) {
		mu.Lock()
		defer mu.Unlock()
		told[c.Phone]++
	})
	book.Subscribe(func(c change) {
		mu.Lock()
		defer mu.Unlock()
		told["other "+c.Phone]++
	})
	var group, switched sync.WaitGroup
	group.Go(func() { book.Set("ann", "1") })
	switched.Go(off)
	off()
	book.Set("ann", "2")
	switched.Wait()
	group.Wait()
	assert.Zero(t, told["2"], "a listener was told of a change that was made after unsubscribe had returned")
	assert.LessOrEqual(t, told["1"], 1, "a listener was told twice of one change")
	assert.Equal(t, 1, told["other 1"], "a listener must be told of each change once, whatever other subscription ends meanwhile")
	assert.Equal(t, 1, told["other 2"], "a listener must be told of each change once, whatever other subscription ends meanwhile")
}

// A floor is closed while a phone is set: its displays are switched off, one after the
// other. So the first one is told only if the second one is.
func TestScheduleTwoEndInOrder(t *testing.T) {
	book := listenerunderlock.New()
	var first, second int
	firstOff := book.Subscribe(func(change) { first++ })
	secondOff := book.Subscribe(func(change) { second++ })
	var group sync.WaitGroup
	group.Go(func() { book.Set("ann", "0123") })
	firstOff()
	secondOff()
	group.Wait()
	assert.LessOrEqual(t, first, second, "the subscription that ended first was told of a change, and the one that ended after it was not: there is no moment at which only the first one was subscribed")
	assert.LessOrEqual(t, second, 1, "a listener was told twice of one change")
}
