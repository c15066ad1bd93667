package sleepymailer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"heisenkata/exercises/09-test-suites/01-sleepy-mailer"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// A part of the suite is one of its tests, with the bugs that it has to find.
type part struct {
	name string
	run  func(sleepymailer.T, sleepymailer.Open)
	bugs *deck
	free bool // it need not find the bug
}

var (
	delivers  = part{"Delivers", sleepymailer.Delivers, newDeck(deliveryBugs, 6), false}
	retries   = part{"Retries", sleepymailer.Retries, newDeck(retryBugs, 36), false}
	timesOut  = part{"TimesOut", sleepymailer.TimesOut, newDeck(timeoutBugs, 13), false}
	closesAll = part{"Closes", sleepymailer.Closes, newDeck(closeBugs, 30), false}
	suite     = []part{delivers, retries, timesOut, closesAll}
)

// A deck deals bugs, and all of them before any for the second time.
type deck struct {
	all, left []*bug
	first     int  // size of the first hand
	again     bool // all were dealt
}

func newDeck(bugs []*bug, first int) *deck { return &deck{all: bugs, first: first} }

// hand deals a ninth of the deck: a process that runs a test nine times, as the grader does, meets
// each bug. The first hand is large enough for one run of the starter to fail. Once all were dealt, hands are
// small: a hundred runs are quick.
func (d *deck) hand() (bugs []*bug) {
	size := max(d.first, (len(d.all)+8)/9)
	d.first = 0
	if d.again {
		size = min(size, 4)
	}
	for range size {
		if len(d.left) == 0 {
			d.again = d.left != nil
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

// The suite accuses no mailer that keeps its contract: neither when it runs for the first time, nor
// again, in another order. A mailer with a bug that never shows is right, too.
func TestRightMailers(t *testing.T) {
	order := []int{0, 1, 2, 3}
	for _, i := range rand.Perm(len(kinds)) {
		for _, part := range order {
			if !try(t, suite[part], kinds[i], nil) {
				return
			}
		}
		order = rand.Perm(len(suite))
	}
	p := suite[order[0]]
	try(t, p, aKind(), p.bugs.any().never())
}

func TestDelivers(t *testing.T) { judge(t, delivers) }

func TestRetries(t *testing.T) { judge(t, retries) }

func TestTimesOut(t *testing.T) {
	judge(t, timesOut)
	try(t, timesOut, aKind(), endless)
}

func TestCloses(t *testing.T) { judge(t, closesAll) }

// Two tests of the suite run in parallel, each in a bubble of its own: one with a right mailer, one
// with a broken one. Either nothing orders them, so that the race detector sees what they share. Or
// the first is held where it opens its mailer, or where the first message arrives, until the other
// has returned.
func TestInParallel(t *testing.T) {
	for _, i := range rand.Perm(len(suite))[:2] {
		one, other := suite[i], suite[rand.IntN(len(suite))]
		inParallel(t, one, nil, other, other.bugs.any(), rand.IntN(2) == 0)
		inParallel(t, one, one.bugs.any(), other, nil, rand.IntN(2) == 0)
		sideBySide(t, one, nil, other, nil)
		if t.Failed() {
			return
		}
	}
}

// sideBySide runs two tests at the same time.
func sideBySide(t *testing.T, one part, oneBug *bug, other part, otherBug *bug) {
	t.Helper()
	var first, second string
	oracle.Within(t, func() {
		var group sync.WaitGroup
		group.Go(func() { first = inBubble(t, one, aKind(), oneBug) })
		group.Go(func() { second = inBubble(t, other, aKind(), otherBug) })
		group.Wait()
	}, "two tests of the suite run in parallel, and one of them waits for the other")
	report(t, one, other, first, second)
}

func report(t *testing.T, one, other part, wrongs ...string) {
	t.Helper()
	for _, wrong := range wrongs {
		if wrong != "" {
			t.Errorf("%s and %s run in parallel. %s", one.name, other.name, wrong)
		}
	}
}

// inParallel holds one test until another has returned.
func inParallel(t *testing.T, held part, heldBug *bug, other part, otherBug *bug, atOpen bool) {
	t.Helper()
	reached, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	stop := sync.OnceFunc(func() {
		close(reached)
		<-goOn
	})
	k := aKind()
	gated := kind{k.name, func(p plan, deliver attempt) post {
		m := k.open(p, gate(deliver, atOpen, stop))
		if atOpen {
			stop()
		}
		return m
	}}
	var first, second string
	oracle.Within(t, func() {
		go func() {
			defer close(ended)
			first = inBubble(t, held, gated, heldBug)
		}()
		select {
		case <-reached:
		case <-ended:
		}
		second = inBubble(t, other, aKind(), otherBug)
		close(goOn)
		<-ended
	}, "two tests of the suite run in parallel, and one of them waits for the other")
	report(t, held, other, first, second)
}

func gate(deliver attempt, open bool, stop func()) attempt {
	if open {
		return deliver
	}
	return func(ctx context.Context, l *letter, n int) error {
		stop()
		return deliver(ctx, l, n)
	}
}

func aKind() kind { return kinds[rand.IntN(len(kinds))] }

// judge runs a part of the suite for two right mailers, and for some with bugs, in random order. With
// one right mailer, which may come first, a suite that leaves something behind could go unnoticed. Then it asks
// about each bug again and again, for a suite that finds some of them by luck.
func judge(t *testing.T, p part) {
	t.Helper()
	type trial struct {
		kind kind
		bug  *bug
	}
	trials := []trial{{aKind(), nil}, {aKind(), nil}}
	for _, b := range p.bugs.hand() {
		trials = append(trials, trial{aKind(), b})
	}
	rand.Shuffle(len(trials), func(i, j int) { trials[i], trials[j] = trials[j], trials[i] })
	for _, one := range trials {
		try(t, p, one.kind, one.bug)
	}
	oracle.Luck(t, len(p.bugs.all), func(i int) string { return inBubble(t, p, aKind(), p.bugs.all[i]) })
	stray(t, p, aKind(), suite[rand.IntN(len(suite))].bugs.any())
	if oracle.Large(t) || rand.IntN(9) == 0 {
		stray(t, p, aKind(), endless)
	}
}

// stray runs a part of the suite for a mailer with a bug that another part may have to find. Whatever it
// reports, it returns, and closes what it has opened.
func stray(t *testing.T, p part, k kind, b *bug) bool {
	t.Helper()
	p.free = true
	return try(t, p, k, b)
}

// try reports whether the verdict is good.
func try(t *testing.T, p part, k kind, b *bug) bool {
	t.Helper()
	wrong := inBubble(t, p, k, b)
	if wrong != "" {
		t.Error(wrong)
	}
	return wrong == ""
}

// inBubble is the verdict in a bubble, even if the test hangs.
func inBubble(t *testing.T, p part, k kind, b *bug) (wrong string) {
	if oracle.Deadlocks(func() { oracle.Bubble(t, func(*testing.T) { wrong = verdict(p, k, b) }) }) {
		return fmt.Sprintf("%s never returns for %s. All its goroutines wait, and nothing will wake them", p.name, describe(k, b))
	}
	return wrong
}

// describe says which mailer it is: "a broken mailer (an event loop): a message is lost".
func describe(k kind, b *bug) string {
	if b.right() {
		return fmt.Sprintf("a mailer that is right (%s)", k.name)
	}
	return fmt.Sprintf("a broken mailer (%s): %s", k.name, b.name)
}

// verdict says what is wrong with what a part of the suite reports about the mailers of a kind, with a
// bug or without; "" if nothing is. Ten minutes later it looks for goroutines that are
// left. Those of mailers without a bug have ended.
func verdict(p part, k kind, b *bug) string {
	var r recorder
	var opened mailers
	here := oracle.WhoIsHere()
	p.run(&r, opened.opens(k, b))
	said := r.end()
	open := opened.left()
	time.Sleep(10 * time.Minute)
	left := slices.DeleteFunc(here.Left(), func(stack string) bool { return b != nil && !ofTheSuite(stack) })
	time.Sleep(2 * time.Hour) // what goes on ends
	synctest.Wait()
	late := r.end()[len(said):]
	opened.end()
	switch {
	case b.right() && len(said) > 0:
		return fmt.Sprintf("%s fails %s: %s", p.name, describe(k, b), strings.Join(said, "; "))
	case len(late) > 0: // a testing.T would panic
		return fmt.Sprintf("%s calls t.Errorf when it has returned, for %s: %s", p.name, describe(k, b), strings.Join(late, "; "))
	case !b.right() && !p.free && len(said) == 0:
		return fmt.Sprintf("%s passes %s", p.name, describe(k, b))
	}
	switch {
	case open > 0:
		return fmt.Sprintf("%s has returned, and has not closed all of its mailers (%s): left are %d.", p.name, k.name, open)
	case len(left) > 0:
		return fmt.Sprintf("%s returned ten minutes ago and left goroutines behind: %d. One is\n%s", p.name, len(left), left[0])
	}
	return ""
}

// ofTheSuite reports whether the suite has started a goroutine, itself or by a function such as WaitGroup.Go: those of
// a mailer with a bug may stay.
func ofTheSuite(stack string) bool {
	pkg := reflect.TypeFor[sleepymailer.Open]().PkgPath()
	calls, creator, _ := strings.Cut(stack, "\ncreated by ")
	lines := append(strings.Split(calls, "\n"), creator)
	for _, line := range slices.Backward(lines) {
		switch {
		case strings.HasPrefix(line, pkg+"."):
			return true
		case strings.HasPrefix(line, pkg+"_test."):
			return false
		}
	}
	return false
}

// A recorder is the T of a test.
type recorder struct {
	mu   sync.Mutex
	said []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

// end returns what was reported until now.
func (r *recorder) end() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.said[:len(r.said):len(r.said)]
}

// mailers are those that a test has opened.
type mailers struct {
	mu     sync.Mutex
	list   []sealed
	frames []*frame
}

// opens returns what a test of the suite is given: right mailers, or with a bug.
func (m *mailers) opens(k kind, b *bug) sleepymailer.Open {
	drawn := rand.Uint64()
	return func(deliver sleepymailer.Deliver) sleepymailer.Mailer {
		f := newFrame(k, b, drawn, deliver)
		s := sealed{hidden: &hidden{Mailer: f}}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.list = append(m.list, s)
		m.frames = append(m.frames, f)
		return s
	}
}

// left returns how many have not been closed, and closes them.
func (m *mailers) left() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.list {
		if !s.isClosed() {
			n++
			go s.Mailer.Close()
		}
	}
	return n
}

// end ends the mailers inside of those that close by themselves.
func (m *mailers) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.frames {
		f.inner.close()
	}
}
