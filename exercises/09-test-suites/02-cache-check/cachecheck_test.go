package cachecheck_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"heisenkata/exercises/09-test-suites/02-cache-check"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// No check may accuse a cache that keeps its contract.
func TestRightCaches(t *testing.T) {
	for _, right := range rightCaches {
		try(t, oracle.Bubble, right, nil)
	}
}

// What a test in one goroutine finds, Check finds.
func TestPlainFaults(t *testing.T) { judge(t, plainFaults) }

func TestSharingFaults(t *testing.T) { judge(t, sharingFaults) }

func TestKeyFaults(t *testing.T) { judge(t, keyFaults) }

func TestErrorFaults(t *testing.T) { judge(t, errorFaults) }

func TestContextFaults(t *testing.T) { judge(t, contextFaults) }

func TestDropFaults(t *testing.T) { judge(t, dropFaults) }

// A candidate is a kind of cache.
type candidate struct {
	name string
	open cachecheck.Open
}

func aRightCache() candidate { return rightCaches[rand.IntN(len(rightCaches))] }

// opens returns what Check is given: right caches, or with a fault.
func (c candidate) opens(f *fault) cachecheck.Open {
	return func(load cachecheck.Load) cachecheck.Cache {
		if f == nil {
			return sealed{hidden: &hidden{partsOf(c.open(load))}}
		}
		return sealed{hidden: &hidden{f.add(c.open, load)}}
	}
}

// judge has Check look at two right caches, and at one with each of the faults, in random order: what it has
// said before tells nothing about the next. Later in a process Check looks at one right cache, and at a ninth
// of the faults. Then it asks about each fault again and again, for a check that finds some of them by luck.
func judge(t *testing.T, faults []fault) {
	t.Helper()
	type trial struct {
		base  candidate
		fault *fault
	}
	all := oracle.Large(t)
	trials := []trial{{aRightCache(), nil}}
	if all {
		trials = append(trials, trial{aRightCache(), nil})
	}
	for i := range faults {
		if all || rand.IntN(9) == 0 {
			trials = append(trials, trial{aRightCache(), &faults[i]})
		}
	}
	rand.Shuffle(len(trials), func(i, j int) { trials[i], trials[j] = trials[j], trials[i] })
	for _, trial := range trials {
		try(t, oracle.Bubble, trial.base, trial.fault)
	}
	oracle.Luck(t, len(faults), func(i int) string { return inBubble(t, oracle.Bubble, aRightCache(), &faults[i]) })
}

// try has Check look at a cache.
func try(t *testing.T, bubble func(*testing.T, func(*testing.T)), base candidate, f *fault) {
	t.Helper()
	if wrong := inBubble(t, bubble, base, f); wrong != "" {
		t.Error(wrong)
	}
}

// inBubble is the verdict in a bubble, even if Check hangs.
func inBubble(t *testing.T, bubble func(*testing.T, func(*testing.T)), base candidate, f *fault) (wrong string) {
	if oracle.Deadlocks(func() { bubble(t, func(*testing.T) { wrong = verdict(base, f) }) }) {
		what := "a right cache"
		if f != nil {
			what = "a cache with a bug: " + f.name
		}
		wrong = fmt.Sprintf("Check never returns for %s (kind: %s). All its goroutines wait, and nothing will wake them", what, base.name)
	}
	return wrong
}

// verdict says what is wrong with what Check reports about the caches of a base, with a fault or
// without; "" if nothing is.
func verdict(base candidate, f *fault) string {
	var r recorder
	cachecheck.Check(&r, base.opens(f))
	said := r.close()
	switch {
	case f == nil && len(said) > 0:
		return fmt.Sprintf("Check accuses a cache that keeps its contract (kind: %s). It reports:\n%s", base.name, strings.Join(said, "\n"))
	case f != nil && len(said) == 0:
		return fmt.Sprintf("Check reports nothing about a cache with a bug: %s (kind: %s)", f.name, base.name)
	}
	return ""
}

// A recorder is the T of a check.
type recorder struct {
	mu     sync.Mutex
	said   []string
	closed bool
}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		panic("Errorf is called after Check has returned: " + fmt.Sprintf(format, args...))
	}
	r.said = append(r.said, fmt.Sprintf(format, args...))
}

// close returns what was reported until now. Later reports panic, as those to a *testing.T do.
func (r *recorder) close() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	return slices.Clone(r.said)
}
