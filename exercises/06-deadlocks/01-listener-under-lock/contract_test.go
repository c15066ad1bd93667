package listenerunderlock_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"heisenkata/exercises/06-deadlocks/01-listener-under-lock"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
)

// names are those that the programs use, until others are drawn.
var names = [3]string{"ann", "bob", ""}

// A state is the book, the listeners in order, and what the Set that is under way has
// left to do. States are comparable, which makes the search quicker.
type state struct {
	phones    [3]string
	listeners list
	came      [first]bool // which listeners calls have subscribed
	setting   bool
	left      list
	heard     string
}

// A list of listeners, which are few.
type list struct {
	n  int
	of [12]listener
}

func (all list) with(l listener) list {
	all.of[all.n] = l
	all.n++
	return all
}

func (all list) without(id int) (others list) {
	for _, l := range all.of[:all.n] {
		if l.id != id {
			others = others.with(l)
		}
	}
	return others
}

type (
	call    = contract.Call[*desk, state]
	outcome = contract.Outcome[state]
	step    = contract.Step[state]
	draw    = contract.Draw[*desk, state]
)

// A listener has a number, and one thing that it does when it is called first.
type listener struct {
	id   int
	does action
	with int // a name or a listener
}

type action int

const (
	listens   action = iota
	reads            // gets the phone of a name
	ends             // ends a subscription, which may be its own
	brings           // subscribes another listener
	showsOut         // subscribes another listener, and ends that subscription
	takesTime        // if its Set is held, until the other goroutines are done
)

func (l listener) String() string {
	if l.does == reads {
		return fmt.Sprintf("listener %d gets %q", l.id, names[l.with])
	}
	return fmt.Sprint("listener ", l.id, []string{listens: "", ends: fmt.Sprint(" unsubscribes ", l.with), brings: fmt.Sprint(" subscribes ", l.with),
		showsOut: fmt.Sprint(" subscribes and unsubscribes ", l.with), takesTime: " takes its time"}[l.does])
}

// What the methods of a Book promise, whatever its listeners call.
func book(t testing.TB) contract.Contract[*desk, state] {
	var sets setter
	return contract.Contract[*desk, state]{
		Names: someNames,
		New:   func(r *rand.Rand) (*desk, state) { return newDesk(t, r) },
		Calls: []draw{gets, gets, sets.draw, sets.draw, sets.draw, subscribes, unsubscribes, unsubscribes},
		Last:  []draw{gets, gets, sets.draw, gets},
		Waits: true,
	}
}

// someNames draws odd names in every other test.
func someNames(r *rand.Rand) {
	if r.IntN(2) == 0 {
		names = [3]string(life.Words(r, 3))
	}
}

// There are at most this many listeners when a program begins, and this many numbers for
// those that calls subscribe. The one that listener 2 brings is number 102.
const (
	first   = 3
	brought = 100
)

// someListener draws the number of a listener, which need not be there.
func someListener(r *rand.Rand) int {
	return []int{0, 0, first, brought}[r.IntN(4)] + r.IntN(first)
}

func newDesk(t testing.TB, r *rand.Rand) (*desk, state) {
	d, now := &desk{t: t, book: listenerunderlock.New(), sets: map[string]*setting{}, ends: map[int]func(){}}, state{}
	for i := range life.Crowd(r, 300) {
		d.book.Set(fmt.Sprint("other ", i), "1")
	}
	if r.IntN(2) == 0 { // the book has phones already
		for k, name := range names[:len(now.phones)] {
			now.phones[k] = fmt.Sprintf("%010d", r.IntN(1e9))
			d.book.Set(name, now.phones[k])
		}
	}
	for id := range r.IntN(first + 1) {
		l := listener{id, action(r.IntN(6)), r.IntN(first)}
		switch l.does {
		case brings, showsOut:
			l.with = brought + id
		case ends:
			l.with += []int{0, brought}[r.IntN(2)]
		}
		now.listeners = now.listeners.with(l)
		d.subscribe(l)
	}
	return d, now
}

func gets(r *rand.Rand) call {
	k := r.IntN(3)
	return call{
		Name:  fmt.Sprintf("Get(%q)", names[k]),
		Do:    func(d *desk, _ contract.Moments) any { return d.get(k) },
		Steps: []step{func(now state) []outcome { return []outcome{{Out: now.phones[k], After: now}} }},
	}
}

// A setter draws calls of Set. Their phones differ, and one of them may be empty.
type setter struct{ empty bool }

func (s *setter) phone(r *rand.Rand) string {
	switch number := fmt.Sprintf("%010d", r.IntN(1e9)); r.IntN(9) {
	case 0:
		if s.empty {
			return number
		}
		s.empty = true
		return ""
	case 1, 2, 3:
		return life.Word(r) + number
	default:
		return number
	}
}

// Set changes the book, and then calls the listeners that it had at that moment.
// Meanwhile other calls may take place, but no Set.
func (s *setter) draw(r *rand.Rand) call {
	k, phone := r.IntN(3), s.phone(r)
	c := call{
		Name:   fmt.Sprintf("Set(%q, %q)", names[k], phone),
		Slow:   true,
		Do:     func(d *desk, m contract.Moments) any { return d.set(k, phone, m) },
		Silent: true,
		Steps: []step{func(now state) []outcome {
			if now.setting {
				return nil
			}
			now.phones[k], now.setting, now.left, now.heard = shown(phone), true, now.listeners, ""
			return []outcome{{After: now}}
		}},
	}
	for range first + 1 { // no others change anything
		c.Steps = append(c.Steps, state.callsOn)
	}
	return c
}

// callsOn calls listeners, up to the first that changes which ones there are. If none of
// them does, Set is over.
func (now state) callsOn() []outcome {
	for now.left.n > 0 {
		l := now.left.of[0]
		now.left = now.left.withoutFirst()
		now.heard += l.says(now)
		if l.does == ends || l.does == brings {
			return []outcome{{After: now.changedBy(l)}}
		}
	}
	heard := now.heard
	now.setting, now.heard = false, ""
	return []outcome{{Out: heard, After: now, Ends: true}}
}

func (now state) changedBy(l listener) state {
	if l.does == ends {
		now.listeners = now.listeners.without(l.with)
		return now
	}
	for i := range now.listeners.of { // it does so once
		if now.listeners.of[i].id == l.id {
			now.listeners.of[i].does = listens
		}
	}
	now.listeners = now.listeners.with(listener{id: l.with})
	return now
}

func (all list) withoutFirst() (others list) {
	others.n = copy(others.of[:], all.of[1:all.n])
	return others
}

// says is what a listener writes down when it is called.
func (l listener) says(now state) string {
	if l.does == reads {
		return fmt.Sprintf("listener %d got %s; ", l.id, now.phones[l.with])
	}
	return fmt.Sprintf("listener %d; ", l.id)
}

// Subscribe has no effect on the book if a listener of this number has come before:
// then the desk does not call it.
func subscribes(r *rand.Rand) call {
	l := listener{id: first + r.IntN(first), does: []action{listens, reads}[r.IntN(2)], with: r.IntN(3)}
	return call{
		Name: fmt.Sprintf("Subscribe(%v)", l),
		Do:   func(d *desk, _ contract.Moments) any { return d.subscribe(l) },
		Steps: []step{func(now state) (all []outcome) {
			all = []outcome{{Out: false, After: now}}
			if !now.came[l.id-first] {
				now.came[l.id-first] = true
				now.listeners = now.listeners.with(l)
				all = append(all, outcome{Out: true, After: now})
			}
			return all
		}},
	}
}

// unsubscribes ends the subscription of a listener, if the desk knows it.
func unsubscribes(r *rand.Rand) call {
	id := someListener(r)
	return call{
		Name: fmt.Sprintf("unsubscribe(listener %d)", id),
		Do:   func(d *desk, _ contract.Moments) any { return d.end(id) },
		Steps: []step{func(now state) []outcome {
			after := now
			after.listeners = now.listeners.without(id)
			return []outcome{{Out: false, After: now}, {Out: true, After: after}}
		}},
	}
}

// A desk has a book, and records which listeners each Set has called.
type desk struct {
	t    testing.TB
	book *listenerunderlock.Book

	mu   sync.Mutex
	ends map[int]func()      // of the listeners that have come; nil while one subscribes
	sets map[string]*setting // by phone
	busy int                 // listeners that are being called
}

// A setting is a Set that is under way.
type setting struct {
	moments contract.Moments
	heard   strings.Builder
}

func (d *desk) get(k int) string {
	phone, ok := d.book.Get(names[k])
	switch {
	case ok:
		return shown(phone)
	case phone != "":
		return fmt.Sprintf("%q, but there is none", phone)
	}
	return ""
}

// shown is a phone as results show it: an empty phone counts as one.
func shown(phone string) string {
	if phone == "" {
		return "an empty phone"
	}
	return phone
}

func (d *desk) set(k int, phone string, m contract.Moments) any {
	s := &setting{moments: m}
	d.mu.Lock()
	d.sets[phone] = s
	d.mu.Unlock()
	d.book.Set(names[k], phone)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.sets, phone)
	return s.heard.String()
}

// end ends the subscription of a listener, and reports whether it has come.
func (d *desk) end(id int) bool {
	d.mu.Lock()
	off := d.ends[id]
	d.mu.Unlock()
	if off != nil {
		off()
	}
	return off != nil
}

// subscribe subscribes a listener, and reports whether none of this number has come
// before.
func (d *desk) subscribe(l listener) bool {
	d.mu.Lock()
	_, came := d.ends[l.id]
	if !came {
		d.ends[l.id] = nil
	}
	d.mu.Unlock()
	if came {
		return false
	}
	off := d.listen(l)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ends[l.id] = off
	return true
}

func (d *desk) listen(l listener) (off func()) {
	return d.book.Subscribe(func(c change) {
		d.hear(l, c)
		if l.does == brings {
			l.does = listens
		}
	})
}

// hear is what a listener does.
func (d *desk) hear(l listener, c change) {
	s := d.called(l, c, 1)
	if s == nil {
		return
	}
	text := fmt.Sprint("listener ", l.id)
	switch l.does {
	case reads:
		text += " got " + d.get(l.with)
	case ends:
		d.end(l.with)
	case brings:
		d.subscribe(listener{id: l.with})
	case showsOut:
		d.listen(listener{id: l.with})()
	case takesTime:
		s.moments.Pause()
	}
	if got, _ := d.book.Get(c.Name); got != c.Phone {
		text += fmt.Sprintf(" (the book says that the phone of %q is %q now)", c.Name, got)
	}
	if s = d.called(l, c, -1); s != nil {
		d.mu.Lock()
		defer d.mu.Unlock()
		s.heard.WriteString(text + "; ")
	}
}

// called records that a listener is called, or returns, and returns its Set.
func (d *desk) called(l listener, c change, more int) *setting {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.busy += more; d.busy > 1 {
		d.t.Errorf("%v was called while another call of a listener was under way", l)
	}
	s := d.sets[c.Phone]
	if s == nil {
		d.t.Errorf("%v was called with %v, and no such Set is under way", l, c)
	}
	return s
}

// One goroutine: what each call does, whatever the listeners do.
func TestOneCallAfterTheOther(t *testing.T) {
	for range 6 { // a long program takes long to check, and in a short one no listener may call back
		contract.Check(t, book(t), contract.Shape{Before: 8})
	}
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, book(t), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, book(t), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// A slow listener delays no Get, no Subscribe and no unsubscribe.
func TestScheduleSlowListener(t *testing.T) {
	contract.Check(t, book(t), contract.Shape{Goroutines: 3, Calls: 2, Hold: true})
}

// Two books have nothing to do with each other.
func TestTwoBooks(t *testing.T) {
	contract.Apart(t, book(t))
}
