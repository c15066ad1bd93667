package grade

import (
	"fmt"
	"math"
	"slices"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// Bound is the highest failure rate that n runs without a failure leave
// possible, at 95 % confidence: the p for which (1-p)^n is 0.05.
func Bound(n int) float64 {
	if n == 0 {
		return 1
	}
	return 1 - math.Pow(0.05, 1/float64(n))
}

// Runs counts the processes behind a test, and those that failed. The leak
// check looks at the ends of the others' processes, and adds none; what was
// explored are schedules, no processes.
func (t Test) Runs() (runs, failures int) {
	for _, c := range t.Checks {
		if c.Detector != "leak" && c.Detector != "explore" {
			runs += c.Runs
		}
		failures += c.Failures
	}
	return runs, failures
}

// Strength says how much the runs behind a passed exercise prove.
func (g Exercise) Strength() string {
	least := 0
	for _, t := range g.Tests {
		if runs, _ := t.Runs(); t.schedules() == 0 && (least == 0 || runs < least) {
			least = runs
		}
	}
	text := fmt.Sprintf("no test failed in %d runs: each fails in fewer than %.1f %% of runs, at 95 %% confidence", least, 100*Bound(least))
	switch proven, all := g.proven(); {
	case all == 0:
	case proven == all:
		text += "; each scenario held under all different interleavings"
	default:
		if proven > 0 {
			text += fmt.Sprintf("; %d of %d scenarios held under all different interleavings, the others under at least %d schedules", proven, all, g.schedules())
		} else {
			text += fmt.Sprintf("; each scenario held under at least %d schedules", g.schedules())
		}
	}
	return text
}

// proven is how many scenarios held under all schedules that differ, of how many.
func (g Exercise) proven() (proven, all int) {
	for _, t := range g.Tests {
		if t.schedules() > 0 {
			all++
		}
		if t.proven() {
			proven++
		}
	}
	return proven, all
}

// proven reports whether a scenario held under all schedules that differ.
func (t Test) proven() bool {
	return slices.ContainsFunc(t.Checks, func(c evidence.Check) bool {
		return c.Detector == kata.ExploreDetector && c.Verdict == evidence.Pass && c.Proven
	})
}

// schedules is how many schedules a scenario held under, or 0.
func (t Test) schedules() int {
	for _, c := range t.Checks {
		if c.Detector == "explore" && c.Verdict == evidence.Pass {
			return c.Runs
		}
	}
	return 0
}

// schedules is the least that any scenario held under of those that are not proven, or 0 if
// there is none.
func (g Exercise) schedules() (least int) {
	for _, t := range g.Tests {
		if n := t.schedules(); n > 0 && !t.proven() && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// Finding returns the finding that says most about a test, or nil.
func (t Test) Finding() *evidence.Finding { return findingOf(t.Checks, t.Verdict) }

// Finding returns the finding that says most about an exercise, or nil.
func (g Exercise) Finding() *evidence.Finding {
	list := g.Failures()
	if len(list) == 0 {
		return nil
	}
	return &list[0].Why
}

func findingOf(checks []evidence.Check, v evidence.Verdict) *evidence.Finding {
	for _, c := range checks {
		if c.Finding != nil && c.Verdict == v {
			return c.Finding
		}
	}
	return nil
}
