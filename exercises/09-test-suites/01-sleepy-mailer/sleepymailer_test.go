package sleepymailer_test

import (
	"context"
	"fmt"
	"math/rand/v2"
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

// A part of the suite is one of its tests, with the faults that it has to find.
type part struct {
	name   string
	run    func(sleepymailer.T, sleepymailer.Open)
	faults []fault
}

func (p part) aFault() *fault { return &p.faults[rand.IntN(len(p.faults))] }

var (
	delivers = part{"Delivers", sleepymailer.Delivers, deliveryFaults}
	retries  = part{"Retries", sleepymailer.Retries, retryFaults}
	timesOut = part{"TimesOut", sleepymailer.TimesOut, timeoutFaults}
	closing  = part{"Closes", sleepymailer.Closes, closeFaults}
	suite    = []part{delivers, retries, timesOut, closing}
)

// The suite accuses no mailer that keeps its contract: neither when it runs for the first time, nor
// again, in another order.
func TestRightMailers(t *testing.T) {
	inOrder := true
	for _, k := range slices.Concat(kinds, []kind{aKind(), aKind()}) {
		order := []int{0, 1, 2, 3}
		if !inOrder {
			order = rand.Perm(len(suite))
		}
		for _, i := range order {
			if !try(t, suite[i], k, nil) {
				return
			}
		}
		inOrder = false
	}
}

func TestDelivers(t *testing.T) { judge(t, delivers) }

func TestRetries(t *testing.T) { judge(t, retries) }

func TestTimesOut(t *testing.T) { judge(t, timesOut) }

func TestCloses(t *testing.T) { judge(t, closing) }

// Two tests of the suite run in parallel, each in a bubble of its own: one with a right mailer, one
// with a broken one. The first is held where it opens its mailer, or where the first message
// arrives, until the other has returned.
func TestInParallel(t *testing.T) {
	for _, held := range suite {
		for _, atOpen := range []bool{true, false} {
			other := suite[rand.IntN(len(suite))]
			inParallel(t, held, nil, other, other.aFault(), atOpen)
			inParallel(t, held, held.aFault(), other, nil, atOpen)
			if t.Failed() {
				return
			}
		}
	}
}

func inParallel(t *testing.T, held part, heldFault *fault, other part, otherFault *fault, atOpen bool) {
	t.Helper()
	reached, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	stop := sync.OnceFunc(func() {
		close(reached)
		<-goOn
	})
	k := aKind()
	gated := kind{k.name, func(p plan, deliver attempt) sleepymailer.Mailer {
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
			oracle.Bubble(t, func(*testing.T) { first = verdict(held, gated, heldFault) })
		}()
		select {
		case <-reached:
		case <-ended:
		}
		oracle.Bubble(t, func(*testing.T) { second = verdict(other, aKind(), otherFault) })
		close(goOn)
		<-ended
	}, "two tests of the suite run in parallel, and one of them waits for the other")
	for _, wrong := range []string{first, second} {
		if wrong != "" {
			t.Errorf("%s and %s run in parallel. %s", held.name, other.name, wrong)
		}
	}
}

func gate(deliver attempt, open bool, stop func()) attempt {
	if open {
		return deliver
	}
	return func(ctx context.Context, message string, n int) error {
		stop()
		return deliver(ctx, message, n)
	}
}

func aKind() kind { return kinds[rand.IntN(len(kinds))] }

// judge runs a part of the suite for right mailers, and for one with each of its faults, in random
// order. All kinds of mailers have their turn.
func judge(t *testing.T, p part) {
	t.Helper()
	type trial struct {
		kind  kind
		fault *fault
	}
	first := rand.IntN(len(kinds))
	trials := []trial{{kinds[first], nil}, {aKind(), nil}}
	for i := range p.faults {
		trials = append(trials, trial{kinds[(first+i)%len(kinds)], &p.faults[i]})
	}
	rand.Shuffle(len(trials), func(i, j int) { trials[i], trials[j] = trials[j], trials[i] })
	for _, one := range trials {
		try(t, p, one.kind, one.fault)
	}
}

// try tells whether the verdict is good.
func try(t *testing.T, p part, k kind, f *fault) bool {
	t.Helper()
	var wrong string
	oracle.Bubble(t, func(*testing.T) { wrong = verdict(p, k, f) })
	if wrong != "" {
		t.Error(wrong)
	}
	return wrong == ""
}

// verdict says what is wrong with what a part of the suite reports about the mailers of a kind, with a
// fault or without; "" if nothing is.
func verdict(p part, k kind, f *fault) string {
	var r recorder
	var opened mailers
	p.run(&r, opened.opens(k, f))
	said := r.end()
	left := opened.left()
	time.Sleep(2 * time.Hour) // what goes on ends
	synctest.Wait()
	late := r.end()[len(said):]
	switch {
	case f == nil && len(said) > 0:
		return fmt.Sprintf("%s fails a mailer that is right (%s): %s", p.name, k.name, strings.Join(said, "; "))
	case f == nil && len(late) > 0:
		return fmt.Sprintf("%s has returned, and fails a mailer that is right (%s) afterwards: %s", p.name, k.name, strings.Join(late, "; "))
	case f != nil && len(said)+len(late) == 0:
		return fmt.Sprintf("%s passes a broken mailer (%s): %s", p.name, k.name, f.name)
	case f != nil && len(said) == 0:
		return fmt.Sprintf("%s passes a broken mailer (%s): %s. Once it has returned, it reports: %s", p.name, k.name, f.name, strings.Join(late, "; "))
	case left > 0:
		return fmt.Sprintf("%s has returned, and has not closed all of its mailers (%s): left are %d.", p.name, k.name, left)
	}
	return ""
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
	mu   sync.Mutex
	list []*sealed
}

// opens returns what a test of the suite is given: right mailers, or with a fault.
func (m *mailers) opens(k kind, f *fault) sleepymailer.Open {
	return func(deliver sleepymailer.Deliver) sleepymailer.Mailer {
		numbered := func(ctx context.Context, message string, _ int) error { return deliver(ctx, message) }
		var one *parts
		if f == nil {
			one = partsOf(k.open(rightPlan(), numbered))
		} else {
			one = f.add(k, rightPlan(), numbered)
		}
		s := &sealed{&hidden{parts: one}}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.list = append(m.list, s)
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
			go s.close()
		}
	}
	return n
}
