package paralleltable_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"heisenkata/exercises/09-test-suites/03-parallel-table"
	"heisenkata/exercises/internal/oracle"
	"heisenkata/exercises/internal/subtests"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// A part of the suite is one of its tests, with the bugs that it has to find.
type part struct {
	name string
	run  func(paralleltable.T, paralleltable.Open)
	bugs *deck
}

var (
	resolves = part{"Resolves", paralleltable.Resolves, newDeck(resolveBugs)}
	refuses  = part{"Refuses", paralleltable.Refuses, newDeck(refuseBugs)}
	visits   = part{"Visits", paralleltable.Visits, newDeck(visitBugs)}
	suite    = []part{resolves, refuses, visits}
)

// A deck deals bugs, and all of them before any for the second time.
type deck struct {
	all, left []*bug
	dealt     bool
}

func newDeck(bugs []*bug) *deck { return &deck{all: bugs} }

// hand deals a ninth of the deck: a process that runs a test nine times, as the grader does, meets
// each bug. The first hand has half of them, so that one run of the starter misses some.
func (d *deck) hand() (bugs []*bug) {
	size := (len(d.all) + 8) / 9
	if !d.dealt {
		size = (len(d.all) + 1) / 2
	}
	d.dealt = true
	for range size {
		if len(d.left) == 0 {
			d.left = slices.Clone(d.all)
			rand.Shuffle(len(d.left), func(i, j int) { d.left[i], d.left[j] = d.left[j], d.left[i] })
		}
		bugs = append(bugs, d.left[0])
		d.left = d.left[1:]
	}
	return bugs
}

// any draws one, whatever was dealt before.
func (d *deck) any() *bug { return d.all[rand.IntN(len(d.all))] }

// The suite accuses no shortener that keeps its contract: in no order of its tests and cases, alone or
// again, one at a time or together. The last shortener gives as codes what the suite has taken for none.
func TestRightShorteners(t *testing.T) {
	asked := newTexts()
	for _, k := range append(asked.learnFrom(kinds), asked.kind()) {
		for _, mode := range []subtests.Mode{subtests.Together, subtests.OneByOne} {
			order := rand.Perm(len(suite))
			w := newWorld(k, nil)
			report := w.within(t, "suite", mode, func(top *subtests.T) {
				for _, i := range order {
					top.Run(suite[i].name, func(t *subtests.T) { w.start(suite[i], t) })
				}
			})
			if wrong := w.verdict("The suite", report); wrong != "" {
				t.Error(wrong)
			}
		}
	}
}

// Four cases of each test run at the same time: the first four wait where they open a shortener,
// until all four are there.
func TestCasesAreParallel(t *testing.T) {
	for _, p := range suite {
		w := newWorld(aKind(), nil)
		w.meeting = oracle.NewMeeting(4)
		report := w.within(t, p.name, subtests.Together, func(t *subtests.T) { w.start(p, t) })
		if n := w.arrived.Load(); n < 4 {
			t.Errorf("%s has opened shorteners in %d cases that run in parallel; want at least 4, each with a shortener of its own", p.name, n)
		}
		if wrong := w.verdict(p.name, report); wrong != "" {
			t.Error(wrong)
		}
	}
}

// Two tests of the suite run in parallel, one with right shorteners, one with broken ones. Nothing orders
// them, or one is held where it opens its first shortener until the other has ended. Each also runs
// beside itself.
func TestInParallel(t *testing.T) {
	for i := range 3 * len(suite) {
		held, one := i < len(suite), suite[i%len(suite)]
		other := suite[rand.IntN(len(suite))]
		if i >= 2*len(suite) {
			other = one // beside itself
		}
		a, b := newWorld(aKind(), nil), newWorld(aKind(), other.bugs.any())
		if rand.IntN(2) == 0 {
			a, b = newWorld(aKind(), one.bugs.any()), newWorld(aKind(), nil)
		}
		for _, wrong := range inParallel(t, one, a, other, b, held) {
			t.Errorf("%s and %s run in parallel. %s", one.name, other.name, wrong)
		}
	}
}

func inParallel(t *testing.T, one part, a *world, other part, b *world, held bool) (wrongs []string) {
	t.Helper()
	ended, reached, goOn := make(chan struct{}), make(chan struct{}), make(chan struct{})
	if held {
		a.stop = sync.OnceFunc(func() {
			close(reached)
			<-goOn
		})
	} else {
		close(reached)
	}
	var first, second *subtests.Report
	oracle.Within(t, func() {
		go func() {
			defer close(ended)
			first = subtests.Run(one.name, aMode(), func(t *subtests.T) { a.start(one, t) })
		}()
		select {
		case <-reached:
		case <-ended:
		}
		second = subtests.Run(other.name, aMode(), func(t *subtests.T) { b.start(other, t) })
		close(goOn)
		<-ended
	}, "two tests of the suite run in parallel, and one waits for the other")
	for _, wrong := range []string{a.verdict(one.name, first), b.verdict(other.name, second)} {
		if wrong != "" {
			wrongs = append(wrongs, wrong)
		}
	}
	return wrongs
}

func TestResolves(t *testing.T) { judge(t, resolves) }

func TestRefuses(t *testing.T) { judge(t, refuses) }

func TestVisits(t *testing.T) { judge(t, visits) }

// judge runs a test of the suite for two right shorteners and for some with bugs, in random order. Then it
// asks about each bug again and again, for a suite that finds some of them by luck.
func judge(t *testing.T, p part) {
	t.Helper()
	bugs := append(p.bugs.hand(), nil, nil)
	rand.Shuffle(len(bugs), func(i, j int) { bugs[i], bugs[j] = bugs[j], bugs[i] })
	for _, b := range bugs {
		try(t, p, b)
	}
	oracle.Luck(t, len(p.bugs.all), func(i int) string { return ask(t, p, p.bugs.all[i]) })
	for _, b := range []*bug{suite[rand.IntN(len(suite))].bugs.any(), abrupt[rand.IntN(len(abrupt))], abrupt[rand.IntN(len(abrupt))]} {
		stray(t, p, b)
	}
}

// stray runs a test of the suite for a shortener with a bug that another test may have to find.
// Whatever it reports, it closes what it has opened.
func stray(t *testing.T, p part, b *bug) {
	t.Helper()
	w := newWorld(aKind(), b)
	w.stray = true
	report := w.within(t, p.name, aMode(), func(t *subtests.T) { w.start(p, t) })
	if wrong := w.verdict(p.name, report); wrong != "" {
		t.Errorf("%s, with %s", wrong, w)
	}
}

func aMode() subtests.Mode { return subtests.Mode(rand.IntN(2)) }

// try runs a test of the suite for a shortener with a bug, or with none.
func try(t *testing.T, p part, b *bug) {
	t.Helper()
	if wrong := ask(t, p, b); wrong != "" {
		t.Error(wrong)
	}
}

// ask returns what is wrong with what a test of the suite says about a shortener with a bug, or with none.
func ask(t *testing.T, p part, b *bug) string {
	t.Helper()
	w := newWorld(aKind(), b)
	report := w.within(t, p.name, aMode(), func(t *subtests.T) { w.start(p, t) })
	return w.verdict(p.name, report)
}

// A world is what one run of a suite is given.
type world struct {
	kind   kind
	bug    *bug
	stray  bool // the test need not find the bug
	choice int
	all    *registry

	meeting *oracle.Meeting // of cases that open their first shortener; nil if they need not meet
	arrived atomic.Int64
	stop    func() // called before a shortener is opened; may be nil

	mu      sync.Mutex
	opened  []sealed
	strange bool // open was not given a T of the exercise
}

func newWorld(k kind, b *bug) *world {
	return &world{kind: k, bug: b, choice: rand.IntN(60), all: &registry{codes: map[string]*frame{}}}
}

// An adapter is the T that a suite sees.
type adapter struct {
	*subtests.T
	of   *world
	met  *atomic.Bool // it has been at the meeting
	isIt bool         // it is no subtest
}

func (a *adapter) Run(name string, f func(paralleltable.T)) bool {
	return a.T.Run(name, func(t *subtests.T) { f(&adapter{T: t, of: a.of, met: &atomic.Bool{}}) })
}

func (w *world) start(p part, t *subtests.T) {
	p.run(&adapter{T: t, of: w, met: &atomic.Bool{}, isIt: true}, w.open)
}

// within runs a test that must return.
func (w *world) within(t *testing.T, name string, mode subtests.Mode, f func(*subtests.T)) (r *subtests.Report) {
	t.Helper()
	why := fmt.Sprintf("%s returns for %s", name, w)
	if w.meeting != nil {
		why = fmt.Sprintf("four cases of %s open a shortener each at the same time. They wait for each other", name)
	}
	oracle.Within(t, func() { r = subtests.Run(name, mode, f) }, why)
	return r
}

func (w *world) open(t paralleltable.T, c paralleltable.Config) paralleltable.Shortener {
	owner, ok := t.(*adapter)
	if !ok {
		w.mu.Lock()
		w.strange = true
		w.mu.Unlock()
		return sealed{hidden: &hidden{inner: newFrame(w.kind, w.bug, w.choice, w.all, c)}}
	}
	if w.stop != nil {
		w.stop()
	}
	if w.meeting != nil && !owner.isIt && owner.IsParallel() && owner.met.CompareAndSwap(false, true) {
		w.arrived.Add(1)
		w.meeting.Arrive()
	}
	s := sealed{hidden: &hidden{inner: newFrame(w.kind, w.bug, w.choice, w.all, c), owner: owner.T}}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened = append(w.opened, s)
	return s
}

func (w *world) left() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.opened {
		if s.left() {
			n++
		}
	}
	return n
}

// String says which shortener it is.
func (w *world) String() string {
	if w.bug == nil {
		return fmt.Sprintf("a shortener that is right (%s)", w.kind.name)
	}
	return fmt.Sprintf("a broken shortener (%s): %s", w.kind.name, w.bug.name)
}

// verdict says what is wrong with what a test has reported; "" if nothing is.
func (w *world) verdict(name string, r *subtests.Report) string {
	said, late := shortened(r.Said()), shortened(r.Late())
	switch {
	case w.bug == nil && len(said) > 0:
		return fmt.Sprintf("%s fails %s: %s", name, w, strings.Join(said, "; "))
	case w.bug != nil && !w.stray && len(said) == 0:
		return fmt.Sprintf("%s passes %s", name, w)
	case len(late) > 0:
		return fmt.Sprintf("%s reports to a test that has ended: %s", name, strings.Join(late, "; "))
	case w.strange:
		return name + " opens a shortener for a T that it has made itself"
	case w.left() > 0:
		return fmt.Sprintf("%s has opened shorteners for tests that have ended without closing them: %d", name, w.left())
	}
	return ""
}

// shortened leaves the middle out of long messages: codes may be long.
func shortened(messages []string) (list []string) {
	for _, message := range messages {
		if n := len(message); n > 400 {
			message = strings.ToValidUTF8(message[:200]+" … "+message[n-100:], "")
		}
		list = append(list, message)
	}
	return list
}
