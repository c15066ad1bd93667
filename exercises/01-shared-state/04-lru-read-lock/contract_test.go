package lrureadlock_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"heisenkata/exercises/01-shared-state/04-lru-read-lock"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// keys are those that the programs use, until others are drawn. Two of them have the same hash
// to base 31.
var keys = [...]string{"/", "Aa", "", "BB", "/about"}

// pages are those that the programs use. The first one is none, and two are equal.
var pages = [...]*lrureadlock.Page{nil, {Body: "sold out"}, {Body: "sold out"}, {Body: "hello"}}

// state has the keys in order, as digits, the page of each key, and the counts. After
// these keys come others, of which some were put first and the last are still there.
type state struct {
	capacity int
	others   int
	order    string
	stored   [len(keys)]int
	stats    lrureadlock.Stats
}

// used is the order after a use of a key.
func (s state) used(key int) string {
	digit := fmt.Sprint(key)
	return digit + strings.Replace(s.order, digit, "", 1)
}

func (s state) has(key int) bool { return strings.Contains(s.order, fmt.Sprint(key)) }

type (
	cache   = *lrureadlock.Cache
	call    = contract.Call[cache, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[cache, state]
)

// What each call does if no other is under way.
var caches = contract.Contract[cache, state]{
	Names:  someKeys,
	New:    newCache,
	Blocks: true,
	Calls:  []draw{get, get, get, put, put, listed, counted},
	Last:   []draw{listed, counted, everything},
}

// someKeys draws odd keys in every other test.
func someKeys(r *rand.Rand) {
	if r.IntN(2) == 0 {
		keys = [len(keys)]string(life.Words(r, len(keys)))
	}
}

// newCache is empty or not, and often full.
func newCache(r *rand.Rand) (cache, state) {
	s := state{capacity: 1 + r.IntN(len(keys)) + life.Crowd(r, 5000), others: life.Crowd(r, 300)}
	s.capacity = max(s.capacity, s.others+r.IntN(3))
	c := lrureadlock.New(s.capacity)
	for i := range s.others {
		c.Put(fmt.Sprint("other ", s.others-i), pages[0])
	}
	for range r.IntN(8) {
		key, page := r.IntN(len(keys)), r.IntN(len(pages))
		c.Put(keys[key], pages[page])
		s = s.put(key, page)
	}
	if visits := life.Crowd(r, 300); visits > 0 { // to one page, which is in the cache
		c.Put(keys[0], pages[1])
		s = s.put(0, 1)
		for range visits {
			c.Get(keys[0])
			_, s = s.get(0)
		}
	}
	return c, s
}

// put is the state after a call of Put.
func (s state) put(key, page int) state {
	s.order, s.stored[key] = s.used(key), page
	switch {
	case len(s.order)+s.others <= s.capacity:
		return s
	case s.others > 0: // the one that was put first
		s.others--
	default:
		s.order = s.order[:s.capacity]
	}
	s.stats.Evictions++
	return s
}

// list is the keys in order: the others' numbers rise with their age.
func (s state) list() []string {
	list := []string{}
	for _, digit := range s.order {
		list = append(list, keys[digit-'0'])
	}
	for i := range s.others {
		list = append(list, fmt.Sprint("other ", i+1))
	}
	return list
}

// get is the state after a call of Get, and what that returns.
func (s state) get(key int) (string, state) {
	if !s.has(key) {
		s.stats.Misses++
		return "nothing", s
	}
	s.stats.Hits++
	s.order = s.used(key)
	return fmt.Sprint("page ", s.stored[key]), s
}

func get(r *rand.Rand) call {
	return getOf(r.IntN(len(keys)) * r.IntN(2)) // often the first
}

func getOf(key int) call {
	return call{
		Name: fmt.Sprintf("Get(%q)", keys[key]),
		Do:   func(c cache, _ contract.Moments) any { return got(c.Get(keys[key])) },
		Steps: []step{func(s state) []outcome {
			out, after := s.get(key)
			return []outcome{{Out: out, After: after}}
		}},
	}
}

// got is the result of a Get: equal pages are not the same page.
func got(page *lrureadlock.Page, found bool) string {
	if !found && page == nil {
		return "nothing"
	}
	text := fmt.Sprint("page ", slices.Index(pages[:], page))
	if !found {
		text += ", false"
	}
	return text
}

func put(r *rand.Rand) call {
	return putOf(r.IntN(len(keys)), r.IntN(len(pages)))
}

func putOf(key, page int) call {
	return call{
		Name: fmt.Sprintf("Put(%q, page %d)", keys[key], page),
		Do: func(c cache, _ contract.Moments) any {
			c.Put(keys[key], pages[page])
			return nil
		},
		Steps: []step{func(s state) []outcome { return []outcome{{After: s.put(key, page)}} }},
	}
}

// listed overwrites what it has got in every other call: it belongs to the caller.
func listed(r *rand.Rand) call {
	name, overwrite := "Keys()", r.IntN(2) == 0
	if overwrite {
		name += ", and overwrites them"
	}
	return call{
		Name: name,
		Do: func(c cache, _ contract.Moments) any {
			list := c.Keys()
			if !overwrite {
				return append(list, "end") // nothing may write to it later
			}
			out := append(slices.Clone(list), "end")
			spoil(list)
			return out
		},
		Steps: []step{func(s state) []outcome {
			return []outcome{{Out: append(s.list(), "end"), After: s}}
		}},
	}
}

// spoil overwrites a slice up to its capacity.
func spoil(list []string) {
	list = list[:cap(list)]
	for i := range list {
		list[i] = "overwritten by the caller of Keys"
	}
}

func counted(*rand.Rand) call {
	return call{
		Name:  "Stats()",
		Do:    func(c cache, _ contract.Moments) any { return c.Stats() },
		Steps: []step{func(s state) []outcome { return []outcome{{Out: s.stats, After: s}} }},
	}
}

// everything looks up each key when all other calls have returned, and then lists them.
func everything(*rand.Rand) call {
	return call{
		Name: "Get of each key, and Keys()",
		Do: func(c cache, _ contract.Moments) any {
			all := ""
			for _, key := range keys {
				all += got(c.Get(key)) + ", "
			}
			return fmt.Sprintf("%s%q", all, c.Keys())
		},
		Steps: []step{func(s state) []outcome {
			all := ""
			for key := range keys {
				var out string
				out, s = s.get(key)
				all += out + ", "
			}
			return []outcome{{Out: fmt.Sprintf("%s%q", all, s.list()), After: s}}
		}},
	}
}

// One goroutine, many calls.
func TestOneCallAfterTheOther(t *testing.T) {
	calls := 60
	if oracle.Large(t) {
		calls = 700
	}
	contract.Check(t, caches, contract.Shape{Before: calls})
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, caches, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, caches, contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// One call, while another goroutine makes many: whatever it reads twice has changed in
// between, however often it retries.
func TestScheduleOneAmongMany(t *testing.T) {
	contract.Check(t, caches, contract.Shape{Goroutines: 2, Calls: 1, Many: 40})
}

// Two caches have nothing to do with each other.
func TestTwoCaches(t *testing.T) {
	contract.Apart(t, caches)
}
