package lrureadlock_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/04-lru-read-lock"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/oracle"
)

// A visit is a call that is under way while others are made, one after the other, in a cache
// that has been filled.
type visit struct {
	capacity       int
	before, others []call
	one            call
}

// someGet is a look at a page that is put meanwhile, replaced, or evicted and put again. The
// last of the others look at the counts, and perhaps at the order.
func someGet(r *rand.Rand) visit {
	v := fullCache(r, getOf(0))
	old, again := putOf(0, 1), putOf(0, 2) // two pages that are equal
	switch r.IntN(4) {
	case 0, 1:
		v.others = []call{again}
	case 2:
		v.before = append(v.before, old)
		v.others = []call{again}
	default:
		v.before = append(v.before, old)
		v.others = append(v.others, []call{putOf(3, 0), putOf(4, 0)}[:v.capacity]...)
		v.others = append(v.others, again)
	}
	return v.andLook(r)
}

// somePut puts a page into a full cache, while another goroutine looks for the page that is evicted.
func somePut(r *rand.Rand) visit {
	v := fullCache(r, putOf(0, 1))
	v.others = []call{getOf(1)}
	return v.andLook(r)
}

func fullCache(r *rand.Rand, one call) visit {
	v := visit{capacity: 1 + r.IntN(2), one: one}
	for i := range v.capacity {
		v.before = append(v.before, putOf(1+i, 3))
	}
	return v
}

func (v visit) andLook(r *rand.Rand) visit {
	v.others = append(v.others, []call{shownStats, shownKeys}[:1+r.IntN(2)]...)
	return v
}

var shownStats = call{
	Name:  "Stats()",
	Do:    func(c cache, _ contract.Moments) any { return fmt.Sprintf("%+v", c.Stats()) },
	Steps: []step{func(s state) []outcome { return []outcome{{Out: fmt.Sprintf("%+v", s.stats), After: s}} }},
}

var shownKeys = call{
	Name:  "Keys()",
	Do:    func(c cache, _ contract.Moments) any { return fmt.Sprintf("%q", c.Keys()) },
	Steps: []step{func(s state) []outcome { return []outcome{{Out: fmt.Sprintf("%q", s.list()), After: s}} }},
}

// told is a call and what it has returned.
func told(c call, out any) string {
	if out == nil {
		return c.Name
	}
	return fmt.Sprint(c.Name, " = ", out)
}

// inTurn is what all of them return if the one call is made after that many of the others.
func (v visit) inTurn(after int) (one string, others []string) {
	s := state{capacity: v.capacity}
	for _, c := range v.before {
		s = c.Steps[0](s)[0].After
	}
	for i, c := range slices.Concat(v.others, []call{shownStats, shownKeys}) {
		if i == after {
			o := v.one.Steps[0](s)[0]
			one, s = told(v.one, o.Out), o.After
		}
		o := c.Steps[0](s)[0]
		others, s = append(others, told(c, o.Out)), o.After
	}
	return one, others
}

// A page is looked for while another goroutine makes two or three calls, and looks at the
// counts and the order.
func TestScheduleGetMeanwhile(t *testing.T) { assertInTurn(t, someGet(oracle.Random(t))) }

// A page is put while another goroutine looks for the one that it evicts, and then at the
// counts and the order.
func TestSchedulePutMeanwhile(t *testing.T) { assertInTurn(t, somePut(oracle.Random(t))) }

// assertInTurn fails t unless all calls return what they would have returned one after the other.
func assertInTurn(t *testing.T, v visit) {
	t.Helper()
	c := lrureadlock.New(v.capacity)
	for _, before := range v.before {
		before.Do(c, nil)
	}
	var group sync.WaitGroup
	var one string
	group.Go(func() { one = told(v.one, v.one.Do(c, nil)) })
	var others []string
	for _, other := range v.others {
		others = append(others, told(other, other.Do(c, nil)))
	}
	group.Wait()
	for _, last := range []call{shownStats, shownKeys} {
		others = append(others, told(last, last.Do(c, nil)))
	}
	explained := false
	for after := range len(v.others) + 1 {
		first, then := v.inTurn(after)
		explained = explained || one == first && slices.Equal(others, then)
	}
	assert.True(t, explained, "no order of the calls explains this: %s; meanwhile, by another goroutine, and then, %s", one, strings.Join(others, ", "))
}
