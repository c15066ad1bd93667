package lostnudge_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"

	"heisenkata/exercises/08-heisenbugs/01-lost-nudge"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A desk has drafts, and the disk that they are saved on.
type desk struct {
	*lostnudge.Drafts
	disk *plainDisk
}

// The drafts of a program have the names a and b and the texts 1, 2 and 3, which stand for
// these.
type words struct {
	ids   [2]string
	texts [3]string
}

// someWords draws two ids, which may be alike, and odd texts in every other program, so that
// no fix knows them.
func someWords() words {
	r := rand.New(rand.NewPCG(rand.Uint64(), 0))
	twins := life.Twins(r)
	i, k := rand.IntN(len(twins)), rand.IntN(len(twins)-1)
	if k >= i {
		k++
	}
	w := words{[2]string{twins[i], twins[k]}, [3]string{"1", "2", "3"}}
	if rand.IntN(2) == 0 {
		w.texts = [3]string(life.Words(r, 3))
	}
	return w
}

// batches returns what each save got, as in "a=1 b=2, then a=3".
func (w words) batches(disk *plainDisk) string {
	var all []string
	for _, batch := range disk.copies() {
		named := texts{}
		for id, text := range batch {
			named[w.name(id)] = w.number(text)
		}
		all = append(all, list(named))
	}
	return saves(all)
}

func (w words) name(id string) string {
	if k := slices.Index(w.ids[:], id); k >= 0 {
		return "ab"[k : k+1]
	}
	return fmt.Sprintf("%.20q", id)
}

func (w words) number(text string) string {
	if i := slices.Index(w.texts[:], text); i >= 0 {
		return fmt.Sprint(i + 1)
	}
	return fmt.Sprintf("%.20q", text)
}

// state is what was written, in order, as in "a1b2a3", and the saves that have begun:
// those got what was written between two numbers of writes.
type state struct {
	written string
	saves   string // a byte each: the number of writes that were made before this save got its texts
}

type (
	call    = contract.Call[desk, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[desk, state]
)

// What each call does when no other call is running. Saves begin whenever they like.
func drafts(t testing.TB) contract.Contract[desk, state] {
	w := someWords()
	return contract.Contract[desk, state]{
		New: func(*rand.Rand) (desk, state) {
			disk := &plainDisk{}
			return desk{lostnudge.New(disk.save), disk}, state{}
		},
		Calls: []draw{w.writes, w.writes, w.writes, w.saved},
		Last:  []draw{w.settled, w.closed(t)},
		Short: true, // any number of writes may go into one save
	}
}

// Write returns immediately.
func (w words) writes(r *rand.Rand) call {
	k, i := r.IntN(2), r.IntN(3)
	shown := fmt.Sprintf("%q", w.texts[i])
	if number := fmt.Sprint(i + 1); w.texts[i] != number {
		shown = number + ", which is " + shown
	}
	return call{
		Name: fmt.Sprintf("Write(%s, %s)", w.name(w.ids[k]), shown),
		Do:   func(d desk, _ contract.Moments) any { d.Write(w.ids[k], w.texts[i]); return nil },
		Steps: []step{func(s state) []outcome {
			s.written += "ab"[k:k+1] + "123"[i:i+1]
			return []outcome{{After: s}}
		}},
	}
}

// saved returns what each save got. It may be called at any time.
func (w words) saved(*rand.Rand) call {
	return call{
		Name: "disk.Saves()",
		Do:   func(d desk, _ contract.Moments) any { return w.batches(d.disk) },
		Steps: []step{func(s state) (all []outcome) {
			for _, later := range s.later() {
				all = append(all, outcome{Out: later.String(), After: later})
			}
			return all
		}},
	}
}

// settled returns what each save got, once nothing is running: everything is saved.
func (w words) settled(*rand.Rand) call {
	return call{
		Name: "disk.Saves(), when nothing is running",
		Do: func(d desk, _ contract.Moments) any {
			synctest.Wait()
			return w.batches(d.disk)
		},
		Steps: []step{func(s state) (all []outcome) {
			for _, later := range s.later() {
				if later.last() == later.writes() {
					all = append(all, outcome{Out: later.String(), After: later})
				}
			}
			return all
		}},
	}
}

// closed closes the drafts. There is nothing left to save.
func (w words) closed(t testing.TB) draw {
	return func(*rand.Rand) call {
		return call{
			Name: "disk.Saves(), after Close()",
			Do: func(d desk, _ contract.Moments) any {
				d.Close()
				d.disk.assertOrderly(t)
				return w.batches(d.disk)
			},
			Steps: []step{func(s state) []outcome { return []outcome{{Out: s.String(), After: s}} }},
		}
	}
}

func (s state) writes() int { return len(s.written) / 2 }

// last is the number of writes that were made before the last save got its texts.
func (s state) last() int {
	if s.saves == "" {
		return 0
	}
	return int(s.saves[len(s.saves)-1])
}

// later returns the states in which no more is written, and some more saves have begun,
// or none. Each gets at least one text.
func (s state) later() []state {
	all := []state{s}
	for next := s.last() + 1; next <= s.writes(); next++ {
		begun := s
		begun.saves += string([]byte{byte(next)})
		all = append(all, begun.later()...)
	}
	return all
}

// String is what each save got, as w.batches returns it.
func (s state) String() string {
	var all []string
	from := 0
	for i := range len(s.saves) {
		batch := texts{}
		for ; from < int(s.saves[i]); from++ {
			batch[s.written[2*from:2*from+1]] = s.written[2*from+1 : 2*from+2]
		}
		all = append(all, list(batch))
	}
	return saves(all)
}

func check(t *testing.T, shape contract.Shape) {
	t.Helper()
	oracle.InBubble(t, func(inner *testing.T) {
		if inner == t { // under the explorer
			contract.Check(t, drafts(t), shape)
			return
		}
		contract.Check(struct{ testing.TB }{inner}, drafts(inner), shape) // a test in a bubble must not be asked for its deadline
	})
}

// One goroutine: the saver runs beside it.
func TestScheduleOneWriter(t *testing.T) {
	check(t, contract.Shape{Goroutines: 1, Calls: 4})
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	check(t, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	check(t, contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}
