package stocklist_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"heisenkata/exercises/02-escaping-references/01-stock-list"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// articles are those that a program uses. Scanners have looked up the first ones
// before it begins, and keep them.
type articles [12]string

const keptArticles = 2

// someArticles have names of any length. Careless code takes some for equal.
func someArticles(r *rand.Rand) articles {
	all := articles{"lamp", "desk", "\xff", "", "\xfe", "rug", "Lamp", "\uFFFD", "sofa", "lamp ", "FB", "Ea"}
	if r.IntN(2) == 0 {
		for i := range all {
			if r.IntN(3) == 0 {
				all[i] += strings.Repeat("x", life.Length(r, 300))
			}
		}
	}
	return all
}

// quoted is a name as a caller would write it.
func quoted(name string) string {
	if len(name) < 20 {
		return strconv.Quote(name)
	}
	return fmt.Sprintf("%q+%d bytes", name[:5], len(name)-5)
}

// A warehouse is a list, the articles that scanners keep, and the names of those that were
// there first. The programs do not use these.
type warehouse struct {
	list  stocklist.List
	kept  [keptArticles]*stocklist.Article
	first []string
}

// state is what is on the list: its articles in their order, and the pieces of
// each.
type state struct {
	order  string // a letter each
	pieces [len(articles{})]int64
}

type (
	call    = contract.Call[*warehouse, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
	draw    = contract.Draw[*warehouse, state]
)

// stock says what each call does when no other call is running. A new warehouse has other
// articles, which are those of the calls that are drawn then.
func stock() contract.Contract[*warehouse, state] {
	all := &articles{}
	return contract.Contract[*warehouse, state]{
		New:   all.newWarehouse,
		Calls: []draw{all.addKept, all.addKept, all.piecesKept, all.addNamed, all.addNamed, all.piecesNamed, all.names},
		Last:  []draw{all.names, all.allPieces},
	}
}

// newWarehouse has the articles that are kept, and some of the others. Occasionally it has
// many that were there first.
func (all *articles) newWarehouse(r *rand.Rand) (*warehouse, state) {
	*all = someArticles(r)
	w, s := &warehouse{}, state{}
	if r.IntN(8) == 0 {
		for i := range life.Size(r, 500) {
			w.first = append(w.first, fmt.Sprint("first ", i))
			w.list.Article(w.first[i])
		}
	}
	for i := range keptArticles + r.IntN(len(all)-keptArticles) {
		a := w.list.Article(all[i])
		if i < keptArticles {
			w.kept[i] = a
		}
		s = listed(s, i)
	}
	return w, s
}

// listed is the state in which article i is on the list.
func listed(s state, i int) state {
	if letter := string(rune('a' + i)); !strings.Contains(s.order, letter) {
		s.order += letter
	}
	return s
}

// looksUp is what Article does.
func looksUp(i int) step {
	return func(s state) []outcome { return []outcome{{After: listed(s, i)}} }
}

// adds is what Add does.
func adds(i int, n int64) step {
	return func(s state) []outcome {
		s.pieces[i] += n
		return []outcome{{Out: s.pieces[i], After: s}}
	}
}

// reads is what Pieces does.
func reads(i int) step {
	return func(s state) []outcome { return []outcome{{Out: s.pieces[i], After: s}} }
}

// addKept is a scanner that has looked the article up long ago.
func (all *articles) addKept(r *rand.Rand) call {
	i, n := r.IntN(keptArticles), someFew(r)
	name := all[i]
	return call{
		Name:  fmt.Sprintf("kept %s.Add(%d)", quoted(name), n),
		Do:    func(w *warehouse, _ contract.Moments) any { return w.kept[i].Add(n) },
		Steps: []step{adds(i, n)},
	}
}

func (all *articles) piecesKept(r *rand.Rand) call {
	i := r.IntN(keptArticles)
	name := all[i]
	return call{
		Name:  fmt.Sprintf("kept %s.Pieces()", quoted(name)),
		Do:    func(w *warehouse, _ contract.Moments) any { return w.kept[i].Pieces() },
		Steps: []step{reads(i)},
	}
}

// addNamed is a scanner that looks the article up, and adds pieces some time later.
func (all *articles) addNamed(r *rand.Rand) call {
	i, n := someArticle(r), someFew(r)
	name := all[i]
	return call{
		Name: fmt.Sprintf("Article(%s).Add(%d)", quoted(name), n),
		Slow: true,
		Do: func(w *warehouse, m contract.Moments) any {
			a := w.list.Article(name)
			m.Pause()
			return a.Add(n)
		},
		Silent: true,
		Steps:  []step{looksUp(i), adds(i, n)},
	}
}

func (all *articles) piecesNamed(r *rand.Rand) call {
	i := someArticle(r)
	name := all[i]
	return call{
		Name: fmt.Sprintf("Article(%s).Pieces()", quoted(name)),
		Slow: true,
		Do: func(w *warehouse, m contract.Moments) any {
			a := w.list.Article(name)
			m.Pause()
			return a.Pieces()
		},
		Silent: true,
		Steps:  []step{looksUp(i), reads(i)},
	}
}

func (all *articles) names(*rand.Rand) call {
	these := *all
	return call{
		Name: "Names()",
		Do:   func(w *warehouse, _ contract.Moments) any { return w.namesAfterFirst() },
		Steps: []step{func(s state) []outcome {
			names := make([]string, len(s.order))
			for k := range s.order {
				names[k] = these[s.order[k]-'a']
			}
			return []outcome{{Out: names, After: s}}
		}},
	}
}

// namesAfterFirst is Names without those that were there first. If these have changed, it
// returns them, too.
func (w *warehouse) namesAfterFirst() []string {
	names, n := w.list.Names(), len(w.first)
	if len(names) < n || !slices.Equal(names[:n], w.first) {
		return names
	}
	return names[n:]
}

// allPieces are those of every article, whatever is on the list, when all others have returned.
func (all *articles) allPieces(*rand.Rand) call {
	these := *all
	return call{
		Name: "the pieces of all articles",
		Do: func(w *warehouse, _ contract.Moments) any {
			pieces := make([]int64, len(these))
			for i, name := range these {
				pieces[i] = w.list.Article(name).Pieces()
			}
			return pieces
		},
		Steps: []step{func(s state) []outcome { return []outcome{{Out: s.pieces[:], After: s}} }},
	}
}

// someArticle is often one of the last, which are rarely on the list.
func someArticle(r *rand.Rand) int {
	if r.IntN(3) == 0 {
		return len(articles{}) - 1 - r.IntN(3)
	}
	return r.IntN(len(articles{}))
}

// someFew pieces come, or go.
func someFew(r *rand.Rand) int64 {
	if r.IntN(8) == 0 { // or more than fits in 32 bits
		return r.Int64N(1<<50) - 1<<49
	}
	return int64(r.IntN(12)) - 3
}

// One goroutine, with more calls than any special case in a fix would cover.
func TestOneCallAfterTheOther(t *testing.T) {
	if oracle.Large(t) {
		contract.Check(t, stock(), contract.Shape{Before: 700})
		for range 6 { // in some draws no article is kept while the list grows
			contract.Check(t, stock(), contract.Shape{Before: 60})
		}
	}
	contract.Check(t, stock(), contract.Shape{Before: 60})
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, stock(), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, stock(), contract.Shape{Before: 2, Goroutines: 3, Calls: 2})
}

// A scanner looks an article up and keeps it until the other goroutines are done.
func TestScheduleKeptMeanwhile(t *testing.T) {
	contract.Check(t, stock(), contract.Shape{Before: 1, Goroutines: 3, Calls: 2, Hold: true})
}

// Two lists have nothing to do with each other.
func TestTwoLists(t *testing.T) {
	contract.Apart(t, stock())
}
