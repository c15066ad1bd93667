package busbackpressure_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	busbackpressure "heisenkata/exercises/06-deadlocks/04-bus-backpressure"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A hall has a bus, and the subscriptions and contexts that calls use.
type hall struct {
	*bus
	subs []*subscription // that are there from the beginning
	ctxs [2]context.Context
	ends [2]func()

	mu   sync.Mutex
	late map[int]*subscription // made later, by number
}

// A program has at most this many subscriptions, and this many Publish at once.
const most, atOnce = 4, 3

// sizes are those of a program: how many subscriptions there are from the beginning, and
// how many there may be in all.
type sizes struct{ first, all int }

// A state says what the subscriptions have got, in the order in which they were made, and
// which Publish has its turn.
type state struct {
	subs  [most]sub
	n     int
	done  [2]bool // whether a context has ended
	never [2]bool // whether it cannot
	begun [atOnce]begun
	turn  int // the number of a Publish, or 0
	next  int // the subscription that it comes to
}

type sub struct {
	number, room int
	got          string // one byte for each event
	ended        bool
}

// begun says how many subscriptions there were when a Publish began. It may leave out
// those that were made later.
type begun struct{ publish, subs int }

type (
	call    = contract.Call[*hall, state]
	outcome = contract.Outcome[state]
	step    = contract.Step[state]
	draw    = contract.Draw[*hall, state]
)

// What the methods promise, in small buses.
func promises(n sizes) contract.Contract[*hall, state] {
	c := contract.Contract[*hall, state]{
		Blocks: true,
		New:    n.open,
		Calls:  []draw{n.publishes, n.publishes, n.publishes, receives, receives, leaves, leaves, cancels},
		Helps:  []draw{receives}, // while the starter publishes, a subscription cannot leave
		Last:   []draw{allLeave, works},
		Waits:  true,
	}
	if n.all > n.first {
		c.Calls = append(c.Calls, n.comes)
	}
	return c
}

func (n sizes) open(r *rand.Rand) (*hall, state) {
	h, now := &hall{bus: busbackpressure.New[int](), late: map[int]*subscription{}}, state{}
	for range n.first {
		room := 1 + r.IntN(2) + life.Crowd(r, 5000)
		h.subs = append(h.subs, h.Subscribe(room))
		now = now.with(sub{number: now.n, room: room})
	}
	if r.IntN(4) > 0 { // often one of them is full, so that the first Publish waits
		_ = h.Publish(context.Background(), 0) // if it fails, the first calls show it
		for i := range now.n {
			now.subs[i].got = "0"
		}
	}
	for i := range h.ctxs {
		h.ctxs[i], h.ends[i] = life.Context(r)
		if i == 0 && r.IntN(2) == 0 {
			h.ctxs[i], h.ends[i] = context.Background(), func() {}
		}
		now.done[i], now.never[i] = h.ctxs[i].Err() != nil, h.ctxs[i].Done() == nil
	}
	return h, now
}

func (now state) with(s sub) state {
	now.subs[now.n] = s
	now.n++
	return now
}

// Publish takes its turn, and gives its event to one subscription after the other.
func (n sizes) publishes(r *rand.Rand) call {
	p := publication{number: 1 + r.IntN(1<<60), event: r.IntN(4), ctx: r.IntN(2), all: n.all}
	c := call{
		Name:   fmt.Sprintf("Publish(context %d, %d)", p.ctx, p.event),
		Do:     p.make,
		Silent: true,
		Steps:  []step{p.begins, p.takesTurn},
	}
	for range n.all {
		c.Steps = append(c.Steps, p.goesOn)
	}
	return c
}

type publication struct {
	number, event, ctx int
	all                int // subscriptions that there may be
}

const (
	given  = "nil"
	failed = "the error of its context"
)

func (p publication) make(h *hall, _ contract.Moments) any {
	switch err := h.Publish(h.ctxs[p.ctx], p.event); {
	case err == nil:
		return given
	case h.ctxs[p.ctx].Err() != nil && errors.Is(err, h.ctxs[p.ctx].Err()):
		return failed
	default:
		return err.Error()
	}
}

func (p publication) begins(now state) []outcome {
	if now.done[p.ctx] {
		return []outcome{{Out: failed, After: now, Ends: true}}
	}
	now.begun[now.place(0)] = begun{p.number, now.n}
	return []outcome{{After: now}}
}

// place finds a Publish that has begun, or with 0 room for one.
func (now state) place(publish int) int {
	return slices.IndexFunc(now.begun[:], func(b begun) bool { return b.publish == publish })
}

func (p publication) takesTurn(now state) (all []outcome) {
	if now.done[p.ctx] {
		all = append(all, p.ends(now, failed))
	}
	if now.turn == 0 {
		now.turn, now.next = p.number, 0
		all = append(all, p.onwards(now)...)
	}
	return all
}

// goesOn comes to the next subscription.
func (p publication) goesOn(now state) (all []outcome) {
	for i := now.next; i < now.n; i++ {
		s := now.subs[i]
		if s.ended {
			continue
		}
		if len(s.got) < s.room {
			after := now
			after.subs[i].got += string(rune('0' + p.event))
			after.next = i + 1
			all = append(all, p.onwards(after)...)
		}
		if now.done[p.ctx] {
			all = append(all, p.ends(now, failed))
		}
		if i < p.must(now) {
			return all
		}
	}
	return append(all, p.ends(now, given))
}

// must is the number of subscriptions that Publish may not leave out.
func (p publication) must(now state) int { return now.begun[now.place(p.number)].subs }

// onwards ends the call if no subscription is left that needs its event. It may go on if there
// is one that may get it, or one that may still be made.
func (p publication) onwards(now state) (all []outcome) {
	needed, left := false, now.n < p.all
	for i := now.next; i < now.n; i++ {
		if !now.subs[i].ended {
			needed, left = needed || i < p.must(now), true
		}
	}
	if !needed {
		all = append(all, p.ends(now, given))
	}
	if left {
		all = append(all, outcome{After: now})
	}
	return all
}

// ends is the outcome of the last step.
func (p publication) ends(now state, out string) outcome {
	now.begun[now.place(p.number)] = begun{}
	if now.turn == p.number {
		now.turn, now.next = 0, 0
	}
	return outcome{Out: out, After: now, Ends: true}
}

// A reader receives one event, and waits if there is none. No event comes once the
// subscription has ended.
func receives(r *rand.Rand) call {
	k := r.IntN(3)
	return call{
		Name: fmt.Sprintf("receive from %d", k),
		Do: func(h *hall, _ contract.Moments) any {
			event, ok := <-h.subs[k%len(h.subs)].Events()
			return received(event, ok)
		},
		Steps: []step{func(now state) []outcome {
			s := now.sub(k)
			if s.got == "" && !s.ended {
				return nil
			}
			return []outcome{s.receive(now)}
		}},
	}
}

func received(event int, ok bool) string {
	if !ok {
		return "closed"
	}
	return fmt.Sprint(event)
}

// sub returns one of the first subscriptions.
func (now *state) sub(k int) *sub {
	first := 0
	for first < now.n && now.subs[first].number == first {
		first++
	}
	return &now.subs[k%first]
}

// receive takes the first event. s is in a state of which now is a copy.
func (s *sub) receive(now state) outcome {
	if s.got == "" {
		return outcome{Out: "closed", After: now}
	}
	at := slices.IndexFunc(now.subs[:], func(other sub) bool { return other.number == s.number })
	now.subs[at].got = s.got[1:]
	return outcome{Out: s.got[:1], After: now}
}

// When Unsubscribe has returned, the channel is closed: a receive does not wait.
func leaves(r *rand.Rand) call {
	k := r.IntN(3)
	return call{
		Name: fmt.Sprintf("Unsubscribe of %d, receive", k),
		Do: func(h *hall, _ contract.Moments) any {
			s := h.subs[k%len(h.subs)]
			s.Unsubscribe()
			return receive(s)
		},
		Silent: true,
		Steps: []step{
			func(now state) []outcome { now.sub(k).ended = true; return []outcome{{After: now}} },
			func(now state) []outcome { return []outcome{now.sub(k).receive(now)} },
		},
	}
}

// receive receives without waiting.
func receive(s *subscription) string {
	select {
	case event, ok := <-s.Events():
		return received(event, ok)
	default:
		return "nothing, and the channel is not closed"
	}
}

// A new subscription gets all that is published afterwards.
func (n sizes) comes(r *rand.Rand) call {
	number, room := 1000+r.IntN(1<<60), []int{1, 3, 20}[r.IntN(3)]
	return call{
		Name: fmt.Sprintf("Subscribe(%d)", room),
		Do: func(h *hall, _ contract.Moments) any {
			s := h.Subscribe(room)
			h.mu.Lock()
			defer h.mu.Unlock()
			h.late[number] = s
			return nil
		},
		Steps: []step{func(now state) []outcome {
			if now.n == n.all {
				return nil // no such program is drawn
			}
			return []outcome{{After: now.with(sub{number: number, room: room})}}
		}},
	}
}

// A context ends, if it can.
func cancels(r *rand.Rand) call {
	k := r.IntN(2)
	return call{
		Name:  fmt.Sprintf("context %d ends", k),
		Do:    func(h *hall, _ contract.Moments) any { h.ends[k](); return nil },
		Steps: []step{func(now state) []outcome { now.done[k] = !now.never[k]; return []outcome{{After: now}} }},
	}
}

// All subscriptions end. What they have got is still there, and they get no more.
func allLeave(*rand.Rand) call {
	return call{
		Name: "all Unsubscribe, and receive what is left",
		Do: func(h *hall, _ contract.Moments) any {
			for _, s := range h.all() {
				s.Unsubscribe()
			}
			_ = h.Publish(context.Background(), 9)
			var text []string
			for number, s := range h.all() {
				text = append(text, fmt.Sprint(number, ":", rest(s)))
			}
			slices.Sort(text)
			return strings.Join(text, " ")
		},
		Steps: []step{func(now state) []outcome {
			var text []string
			for i, s := range now.subs[:now.n] {
				text = append(text, fmt.Sprint(s.number, ":", s.got))
				now.subs[i].ended, now.subs[i].got = true, ""
			}
			slices.Sort(text)
			return []outcome{{Out: strings.Join(text, " "), After: now}}
		}},
	}
}

// works: the bus can be used as before.
func works(*rand.Rand) call {
	return call{
		Name: "Subscribe, Publish and receive",
		Do: func(h *hall, _ contract.Moments) any {
			s := h.Subscribe(2)
			err := cmp.Or(h.Publish(context.Background(), 7), h.Publish(context.Background(), 8))
			s.Unsubscribe()
			return fmt.Sprint(rest(s), err)
		},
		Steps: []step{func(now state) []outcome { return []outcome{{Out: "78<nil>", After: now}} }},
	}
}

// Calls one after the other.
func TestOneCallAfterTheOther(t *testing.T) {
	contract.Check(t, promises(sizes{3, most}), contract.Shape{Before: 12})
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	first := 1 + oracle.Random(t).IntN(3)
	contract.Check(t, promises(sizes{first, first + 1}), contract.Shape{Before: 4, Goroutines: 2, Calls: 1})
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	random := oracle.Random(t)
	first := 1 + random.IntN(2)
	contract.Check(t, promises(sizes{first, first + random.IntN(2)}), contract.Shape{Before: 3, Goroutines: 3, Calls: 2})
}

// Two buses have nothing to do with each other.
func TestTwoBuses(t *testing.T) {
	contract.Apart(t, promises(sizes{2, 4}))
}
