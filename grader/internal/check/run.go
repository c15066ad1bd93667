package check

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
)

// Run looks at the fix with every detector, each test by itself: all tests, or
// only those named. It may be called again: every call runs every process anew.
//
// A fix that vet rejects, or that the policy refuses for something harmless, runs anyway:
// it earns nothing, but its author learns what the detectors find.
func (b *Bench) Run(ctx context.Context, only ...string) (Results, error) {
	b.budget.renew()
	r := Results{Whole: b.whole, Tests: map[string][]evidence.Check{}}
	if !b.compiles {
		failed := firstFailure(b.whole)
		for _, t := range b.exercise.Tests {
			r.Tests[t.Name] = skipAll("because " + failed + " failed")
		}
		return r, nil
	}
	var mu sync.Mutex // guards r.Tests and errs
	var group sync.WaitGroup
	var errs []error
	stake := newStake(slices.DeleteFunc(slices.Clone(b.exercise.Tests), func(t kata.Test) bool { return !asked(t, only) }))
	for _, t := range pointsFirst(b.exercise.Tests) {
		if !asked(t, only) {
			mu.Lock()
			r.Tests[t.Name] = skipAll("because it was not asked for")
			mu.Unlock()
			continue
		}
		group.Go(func() {
			checks, err := b.runTest(ctx, t, stake)
			if b.lab.Tested != nil && err == nil {
				b.lab.Tested(b.exercise.ID, t.Name, checks)
			}
			mu.Lock()
			defer mu.Unlock()
			r.Tests[t.Name] = checks
			errs = append(errs, err)
			if b.lab.Progress != nil {
				b.lab.Progress(b.exercise.ID, t.Name, failure(checks))
			}
		})
	}
	group.Wait()
	vet, err := b.vetted.wait()
	r.Whole = append(slices.Clone(b.whole), vet)
	if found := b.copies(ctx, only); found != nil {
		r.Whole = append(r.Whole, b.judged(kata.PolicyDetector, []evidence.Finding{*found}))
	}
	return r, distinct(append(errs, err))
}

// copies returns what is against the fix as a whole that only shows when it has been
// type-checked for the explorer.
func (b *Bench) copies(ctx context.Context, only []string) *evidence.Finding {
	if !slices.ContainsFunc(b.exercise.Tests, func(t kata.Test) bool { return explored.IsScenario(t.Name) && asked(t, only) }) {
		return nil
	}
	if _, found, _ := b.session(ctx); found != nil && found.Verdict == evidence.Policy { // a scenario has returned the error
		return found
	}
	return nil
}

// pointsFirst puts guards behind the others: there a failure is rare, and the first
// one is what a learner waits for.
func pointsFirst(tests []kata.Test) []kata.Test {
	return slices.SortedStableFunc(slices.Values(tests), func(a, b kata.Test) int {
		return cmp.Compare(min(b.Points, 1), min(a.Points, 1))
	})
}

// asked reports whether a test is one of those named, or no test is.
func asked(t kata.Test, only []string) bool {
	return len(only) == 0 || slices.Contains(only, t.Name)
}

// distinct joins errors, each text once: what keeps one test from being run often
// keeps all of them.
func distinct(errs []error) error {
	var kept []error
	seen := map[string]bool{}
	for _, err := range errs {
		if err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			kept = append(kept, err)
		}
	}
	return errors.Join(kept...)
}

// failure is what the first check that failed has found, or "".
func failure(checks []evidence.Check) string {
	for _, c := range checks {
		if c.Failed() && c.Finding != nil {
			return c.Finding.Summary
		}
	}
	return ""
}

func firstFailure(checks []evidence.Check) string {
	for _, c := range checks {
		if c.Failed() {
			return c.Detector
		}
	}
	return ""
}

func skipAll(why string) (checks []evidence.Check) {
	for _, name := range kata.TestDetectors {
		checks = append(checks, skipped(name, why))
	}
	return checks
}

func skipped(detector, why string) evidence.Check {
	return evidence.Check{Detector: detector, Verdict: evidence.Skipped, Note: "skipped " + why}
}

// Built reports whether the fix was built: what is refused before is not.
func (b *Bench) Built() bool { return b.staging != nil }

// Count runs the learner's own command, `go test -race -count=n`, on the fix, with more flags. It
// returns how that fails, or "" if it passes, and the processor time it took.
func (b *Bench) Count(ctx context.Context, n int, flags ...string) (failure string, took time.Duration, err error) {
	if !b.Built() {
		return "it is not built", 0, nil
	}
	err = b.lab.slot(ctx, func() error {
		failure, took, err = b.staging.Count(ctx, n, flags...)
		return err
	})
	return failure, took, err
}
