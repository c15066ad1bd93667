package listenerunderlock_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/06-deadlocks/01-listener-under-lock"
	"heisenkata/exercises/internal/oracle"
)

// A guest is subscribed for some of the changes of a book.
type guest struct {
	came, told int
	leave      func()
}

// assertToldWhileSubscribed changes a book many times. Meanwhile listeners come and go, and
// a few are there at any time.
func assertToldWhileSubscribed(t *testing.T, sets int) {
	t.Helper()
	book := listenerunderlock.New()
	var guests []*guest
	for i := range sets {
		if i%(sets/50) == 0 {
			g := &guest{came: i}
			g.leave = book.Subscribe(func(change) { g.told++ })
			guests = append(guests, g)
		}
		if len(guests) > 5 {
			g := guests[1] // the first one stays
			g.leave()
			guests = append(guests[:1], guests[2:]...)
			if !assert.Equal(t, i-g.came, g.told, "of %d changes a listener was subscribed for those from number %d to %d: how many it was told of", sets, g.came, i) {
				return
			}
		}
		book.Set("ann", "0123")
	}
	for _, g := range guests {
		assert.Equal(t, sets-g.came, g.told, "of %d changes a listener was subscribed for those from number %d on: how many it was told of", sets, g.came)
	}
}

// assertEndedStayEnded ends n subscriptions, and ends them again when others have
// come.
func assertEndedStayEnded(t *testing.T, n int) {
	t.Helper()
	book, heard := listenerunderlock.New(), &log{}
	book.Subscribe(heard.hears("the first"))
	offs := make([]func(), n)
	for i := range offs {
		offs[i] = book.Subscribe(heard.hears("one that has ended"))
		offs[i]()
	}
	book.Subscribe(heard.hears("the last"))
	for _, off := range offs {
		off()
	}
	book.Set("ann", "0123")
	assert.Equal(t, []string{`the first: "ann" "0123"`, `the last: "ann" "0123"`}, heard.take(), "%d subscriptions had ended before the last listener subscribed, and were ended again after that", n)
}

// assertNoneEndsForAnother subscribes listeners and ends subscriptions, n times, in any
// order: even the last one, and even some that ended long before.
func assertNoneEndsForAnother(t *testing.T, random *rand.Rand, n int) {
	t.Helper()
	book, heard := listenerunderlock.New(), &log{}
	var offs []func() // of all subscriptions
	var there []int   // those that have not ended, in order
	for i := range n {
		switch k := random.IntN(3); {
		case k == 0 || i == 0:
			there = append(there, len(offs))
			offs = append(offs, book.Subscribe(heard.hears(len(offs))))
		case k == 1 && len(there) > 0:
			at := random.IntN(len(there))
			offs[there[at]]()
			there = slices.Delete(there, at, at+1)
		default:
			if old := random.IntN(len(offs)); !slices.Contains(there, old) {
				offs[old]()
			}
		}
		book.Set("ann", "0123")
		var want []string
		for _, id := range there {
			want = append(want, fmt.Sprintf(`%d: "ann" "0123"`, id))
		}
		if !assert.ElementsMatch(t, want, heard.take(), "listeners have subscribed and ended their subscriptions, %d times in all, and some of them again later: the listeners that were told of a change", i+1) {
			return
		}
	}
}

// assertAllComeAndGo subscribes listeners on several goroutines at once, each of which
// ends every other subscription. All of them end the same one, too.
func assertAllComeAndGo(t *testing.T, there, goroutines, each int) {
	t.Helper()
	book := listenerunderlock.New()
	told := 0
	for range there {
		book.Subscribe(func(change) { told++ })
	}
	same := book.Subscribe(func(change) { told++ })
	oracle.Together(goroutines, func(int) {
		same()
		for i := range each {
			off := book.Subscribe(func(change) { told++ })
			if i%2 == 1 {
				off()
			}
		}
	})
	book.Set("ann", "0123")
	assert.Equal(t, there+goroutines*((each+1)/2), told, "%d goroutines have subscribed %d listeners each, and ended every other subscription: how many were told of the next change", goroutines, each)
}

// assertChainOfBooks makes n books. A listener of each sets the phone in the next
// one.
func assertChainOfBooks(t *testing.T, n int) {
	t.Helper()
	books := make([]*listenerunderlock.Book, n)
	for i := range books {
		books[i] = listenerunderlock.New()
	}
	for i, next := range books[1:] {
		books[i].Subscribe(func(c change) { next.Set(c.Name, c.Phone) })
	}
	heard := &log{}
	books[n-1].Subscribe(heard.hears("the last book"))
	books[0].Set("ann", "0123")
	assert.Equal(t, []string{`the last book: "ann" "0123"`}, heard.take(), "a listener of each of %d books sets the phone in the next one", n)
}

// waiting starts n Sets of one phone, and returns when they are probably waiting.
func waiting(book *listenerunderlock.Book, n int, c change) (group *sync.WaitGroup) {
	group = &sync.WaitGroup{}
	var begun atomic.Int64
	for range n {
		group.Go(func() {
			begun.Add(1)
			book.Set(c.Name, c.Phone)
		})
	}
	for begun.Load() < int64(n) {
		runtime.Gosched()
	}
	for range 100 {
		runtime.Gosched()
	}
	return group
}
