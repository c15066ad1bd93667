package listenerunderlock_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/06-deadlocks/01-listener-under-lock"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

type change = listenerunderlock.Change

// someChanges are some of a few names, which may look alike, with phones that may be
// equal, empty or any text.
func someChanges(r *rand.Rand, n int) []change {
	list := make([]change, n)
	twins := life.Twins(r)
	for i := range list {
		list[i] = change{Name: []string{"ann", "Ann", "bob", "", twins[r.IntN(len(twins))]}[r.IntN(5)], Phone: fmt.Sprint(r.IntN(5))}
		switch r.IntN(6) {
		case 0:
			list[i].Phone = life.AnyText(r)
		case 1:
			list[i] = list[r.IntN(i+1)]
		}
	}
	return list
}

// A log has what listeners have heard, in order.
type log struct {
	mu    sync.Mutex
	lines []string
}

func (l *log) add(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

// take returns the lines, and empties the log.
func (l *log) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := l.lines
	l.lines = nil
	return lines
}

// hears returns a listener that writes to the log.
func (l *log) hears(name any) func(change) {
	return func(c change) { l.add("%v: %q %q", name, c.Name, c.Phone) }
}

// sizes are how many listeners a test has: few, and once many.
func sizes(large bool, r *rand.Rand, many int) []int {
	if large {
		return []int{1, 2 + r.IntN(20), many}
	}
	return []int{1, 2 + r.IntN(20)}
}

func TestListenersAreTold(t *testing.T) {
	random := oracle.Random(t)
	large := oracle.Large(t)
	for _, n := range sizes(large, random, oracle.Many()) {
		book, heard := listenerunderlock.New(), &log{}
		for i := range n {
			book.Subscribe(heard.hears(i))
		}
		changes := someChanges(random, 2)
		for _, c := range append(changes, changes[1]) { // the last one changes nothing, and is told, too
			book.Set(c.Name, c.Phone)
			want := &log{}
			for i := range n {
				want.hears(i)(c)
			}
			got := heard.take()
			if !slices.Equal(want.lines, got) {
				assert.Equal(t, firstOf(want.lines), firstOf(got), "when Set returns, each of %d listeners has been told of the change once, in the order in which they subscribed", n)
				assert.Len(t, got, n, "number of calls of listeners")
				return
			}
		}
	}
	assertToldWhileSubscribed(t, 300+random.IntN(100))
	if large {
		assertToldWhileSubscribed(t, 70_000) // more than fits in 16 bits
	}
}

func firstOf(lines []string) []string { return lines[:min(len(lines), 30)] }

func TestGet(t *testing.T) {
	random := oracle.Random(t)
	book, want := listenerunderlock.New(), map[string]string{}
	for _, c := range someChanges(random, 300) {
		phone, ok := book.Get(c.Name)
		wantPhone, wantOK := want[c.Name]
		assert.Equal(t, wantPhone, phone, "the phone of %q", c.Name)
		assert.Equal(t, wantOK, ok, "whether the book has a phone for %q: an empty phone counts as a phone", c.Name)
		book.Set(c.Name, c.Phone)
		want[c.Name] = c.Phone
		phone, ok = book.Get(c.Name)
		assert.Equal(t, c, change{c.Name, phone}, "Set has returned")
		assert.True(t, ok, "Set has returned, so the book has a phone for %q", c.Name)
	}
}

func TestUnsubscribe(t *testing.T) {
	random := oracle.Random(t)
	large := oracle.Large(t)
	for _, n := range sizes(large, random, oracle.Many()) {
		book, heard := listenerunderlock.New(), &log{}
		same := heard.hears("one of those")
		offs := make([]func(), n)
		for i := range offs {
			offs[i] = book.Subscribe(same)
		}
		stays := book.Subscribe(heard.hears("the last"))
		random.Shuffle(n, func(i, k int) { offs[i], offs[k] = offs[k], offs[i] })
		for left := n - 1; left >= max(0, n-500); left-- { // ending all of very many may take some fixes seconds
			for range 1 + random.IntN(2) { // calling it again has no effect
				offs[left]()
			}
			if left > 3 && left < n-3 {
				continue
			}
			book.Set("ann", "0123")
			if got := heard.take(); !assert.Len(t, got, left+1, "of %d subscriptions of one listener %d have ended, and there is one of another", n, n-left) {
				return
			}
		}
		stays()
		book.Set("ann", "0124")
		assert.Len(t, heard.take(), max(0, n-500), "of %d subscriptions at most 500 of one listener have ended, and that of another", n)
	}
	assertEndedStayEnded(t, 300+random.IntN(100))
	assertNoneEndsForAnother(t, random, 300)
	assertAllComeAndGo(t, random.IntN(30), 2+random.IntN(10), 20)
	if large {
		assertEndedStayEnded(t, 70_000) // more than fits in 16 bits
		assertAllComeAndGo(t, 1000, 20, 50)
	}
}

// Two books, of which one's listeners call methods of the other, and more in a row.
func TestBooksAreIndependent(t *testing.T) {
	random := oracle.Random(t)
	one, other := listenerunderlock.New(), listenerunderlock.New()
	heard := &log{}
	oracle.Within(t, func() {
		one.Subscribe(func(c change) {
			other.Set(c.Name, c.Phone+"0")
			off := other.Subscribe(heard.hears("other"))
			other.Set(c.Name, c.Phone)
			off()
		})
		one.Set("ann", "0123")
		other.Set("bob", "0124")
		for _, n := range sizes(oracle.Large(t), random, oracle.Many()) {
			assertChainOfBooks(t, n)
		}
	}, "a listener of one book changes another book, and a call does not return. What do two books share?")
	assert.Equal(t, []string{`other: "ann" "0123"`}, heard.take())
	phone, _ := other.Get("ann")
	assert.Equal(t, "0123", phone, "a listener of one book has changed another")
	_, ok := one.Get("bob")
	assert.False(t, ok, "bob is in the other book")
}

// Many goroutines set phones. All listeners hear the same changes in the same order.
func TestAllHearTheSame(t *testing.T) {
	random := oracle.Random(t)
	const setters = 3
	n := 30 + random.IntN(30)
	book := listenerunderlock.New()
	var heard [2][]change // without a lock: listeners are called one at a time
	for i := range heard {
		book.Subscribe(func(c change) { heard[i] = append(heard[i], c) })
	}
	oracle.Within(t, func() {
		oracle.Together(setters, func(i int) {
			for k := range n {
				book.Set(fmt.Sprint(i), fmt.Sprint(k))
			}
		})
	}, "phones are set by several goroutines, and a Set does not return")
	assert.Equal(t, heard[0], heard[1], "two listeners were told of different changes, or in another order")
	next := map[string]int{}
	for _, c := range heard[0] {
		if !assert.Equal(t, fmt.Sprint(next[c.Name]), c.Phone, "the phone of %s was counted up, and a listener was told of the changes in another order", c.Name) {
			break
		}
		next[c.Name]++
	}
	assert.Len(t, heard[0], setters*n, "a listener is told of every change once")
}

// A listener looks up the name that has changed, and another one.
func TestListenerGets(t *testing.T) {
	random := oracle.Random(t)
	book, heard := listenerunderlock.New(), &log{}
	oracle.Within(t, func() {
		book.Set("operator", "0")
		book.Subscribe(func(c change) {
			phone, ok := book.Get(c.Name)
			assert.True(t, ok, "the listener was told of a phone, and Get does not find it")
			assert.Equal(t, c.Phone, phone, "the listener was told of this phone, and then called Get")
			operator, _ := book.Get("operator")
			heard.add("%s", operator)
		})
		for _, c := range someChanges(random, 20) {
			book.Set(c.Name, c.Phone)
			assert.Equal(t, []string{"0"}, heard.take(), "a listener has called Get for another name")
		}
	}, "a listener calls Get, and that does not return. What does Get wait for, and which goroutine could release it?")
}

// A listener that wants to hear of one change only, and listeners that end the
// subscriptions of others.
func TestListenerUnsubscribes(t *testing.T) {
	random := oracle.Random(t)
	for _, n := range sizes(oracle.Large(t), random, oracle.Beyond(260, 5000)) {
		book, heard := listenerunderlock.New(), &log{}
		offs := make([]func(), n)
		ends := make([][]int, n) // whose subscription each of them ends
		for i := range n {
			for range random.IntN(3) {
				ends[i] = append(ends[i], []int{i, random.IntN(n), max(i-1, 0), min(i+1, n-1)}[random.IntN(4)])
			}
			offs[i] = book.Subscribe(func(c change) {
				heard.add("%d", i)
				for _, k := range ends[i] {
					offs[k]()
				}
			})
		}
		oracle.Within(t, func() {
			there := make([]bool, n)
			for i := range there {
				there[i] = true
			}
			for range 3 {
				var want []string
				for i := range there {
					if there[i] {
						want = append(want, fmt.Sprint(i))
					}
				}
				for i, was := range slices.Clone(there) {
					for _, k := range ends[i] {
						there[k] = there[k] && !was
					}
				}
				book.Set("ann", "0123")
				got := heard.take()
				if !assert.True(t, slices.Equal(want, got), "listeners have ended subscriptions while they were called. A Set calls those that were subscribed when it changed the book, once each and in order, and no others.\nexpected: %v\nactual:   %v", firstOf(want), firstOf(got)) {
					return
				}
			}
		}, "a listener calls unsubscribe, and that does not return. What does it wait for, and which goroutine could release it?")
		if t.Failed() {
			break
		}
	}
}

// A listener that subscribes others: they hear of the next change.
func TestListenerSubscribes(t *testing.T) {
	random := oracle.Random(t)
	for _, n := range sizes(oracle.Large(t), random, oracle.Many()) {
		book, heard := listenerunderlock.New(), &log{}
		oracle.Within(t, func() {
			var off func()
			off = book.Subscribe(func(c change) {
				heard.add("the first")
				for range n {
					book.Subscribe(heard.hears("one that has ended"))()
				}
				for i := range n {
					book.Subscribe(func(c change) { heard.add("%d", i) })
				}
				off()
			})
			book.Subscribe(heard.hears("the second"))
			book.Set("ann", "0123")
			assert.Equal(t, []string{"the first", `the second: "ann" "0123"`}, heard.take(), "a listener that is subscribed while a change is told hears of the next one")
			book.Set("ann", "0124")
			got := heard.take()
			if assert.Len(t, got, n+1, "a listener has subscribed %d others and ended its own subscription", n) {
				assert.Equal(t, `the second: "ann" "0124"`, got[0], "listeners are called in the order in which they subscribed")
				assert.Equal(t, fmt.Sprint(n-1), got[n], "listeners are called in the order in which they subscribed")
			}
		}, "a listener calls Subscribe, and that does not return. What does it wait for, and which goroutine could release it?")
	}
}

// While a listener takes its time, others look up phones, subscribe and unsubscribe, and
// other Sets wait, all of the same phone.
func TestOthersDoNotWait(t *testing.T) {
	random := oracle.Random(t)
	for _, n := range sizes(oracle.Large(t), random, oracle.Many()) {
		oracle.Within(t, func() { othersDoNotWait(t, n) }, "a listener takes its time, and Get, Subscribe or unsubscribe waits for it")
	}
}

func othersDoNotWait(t *testing.T, sets int) {
	book, heard := listenerunderlock.New(), &log{}
	called, goOn := make(chan struct{}), make(chan struct{})
	book.Set("bob", "0124")
	told := 0
	book.Subscribe(func(c change) {
		if told++; told == 1 {
			close(called)
			<-goOn
		}
		phone, _ := book.Get(c.Name)
		assert.Equal(t, c.Phone, phone, "the listener was told of this phone, and then called Get")
	})
	off := book.Subscribe(heard.hears("another"))
	var group sync.WaitGroup
	group.Go(func() { book.Set("ann", "0123") })
	<-called
	others := waiting(book, sets, change{"ann", "0125"})
	for _, want := range []change{{"ann", "0123"}, {"bob", "0124"}} {
		phone, _ := book.Get(want.Name)
		assert.Equal(t, want.Phone, phone, "Get was called while a listener took its time")
	}
	off()
	off = book.Subscribe(heard.hears("late"))
	off()
	close(goOn)
	group.Wait()
	others.Wait()
	assert.Equal(t, 1+sets, told, "%d goroutines have set the same phone while a listener took its time: it is told of every Set", sets)
	assert.Equal(t, []string{`another: "ann" "0123"`}, heard.take(), "a subscription has ended after the book had changed, and before its listener's turn came: it is still told of this change, because it was subscribed when the book changed. One that began and ended since is told of nothing")
}
