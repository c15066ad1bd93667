package cli

import (
	"fmt"
	"runtime"
	"slices"

	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/recall"
	"heisenkata/grader/internal/submission"
)

// grades are those of earlier gradings of this checkout, by the code that was graded and all
// else that a grade depends on.
type grades struct {
	memory *recall.Memory // nil: none is known, and none is kept
	again  bool           // none is taken from there
}

// gradesOf remembers the grades of a self-assessment, and of nothing else: a program that can
// write to the user's cache could make one up. A secret decides over schedules, so with one
// no grade is that of an earlier grading.
func gradesOf(lab *check.Lab, r grade.Report, again bool) grades {
	if !r.SelfAssessment || lab.Secret != "" {
		return grades{}
	}
	settings := fmt.Sprintf("%s in %s effort %s processors %d %v", lab.Toolchain.Version, lab.Kata.Root, r.Effort, runtime.NumCPU(), lab.Protection)
	return grades{recall.Open(lab.Kata, "graded", settings), again}
}

// key names the grade of the code that an exercise has now; empty if it cannot be read, or
// if no grade is kept.
func (g grades) key(e kata.Exercise, root string) string {
	if g.memory == nil {
		return ""
	}
	s, err := submission.Read(root, e, e.Dir)
	if err != nil {
		return ""
	}
	return g.memory.Key(e, s.Files, "grade")
}

// recall returns an earlier grade, if there is one.
func (g grades) recall(key string) (known grade.Exercise, ok bool) {
	if g.again || key == "" || !g.memory.Recall(key, &known) || known.Points == nil {
		return grade.Exercise{}, false
	}
	known.Unchanged = true
	return known, true
}

// keep remembers a grade under the key that the code had before the grading, if it still has
// that, and if the grade would be the same on a busier machine.
func (g grades) keep(e kata.Exercise, root, key string, now grade.Exercise) {
	if key != "" && key == g.key(e, root) {
		g.memory.Keep(key, now, lasting(now))
	}
}

// momentary are verdicts that may be due to what else goes on on the machine.
var momentary = []evidence.Verdict{evidence.Timeout, evidence.Memory, evidence.Integrity, evidence.Error}

func lasting(g grade.Exercise) bool {
	checks := g.Checks
	for _, t := range g.Tests {
		checks = slices.Concat(checks, t.Checks)
	}
	return g.Points != nil && !slices.ContainsFunc(checks, func(c evidence.Check) bool { return slices.Contains(momentary, c.Verdict) })
}

// unchanged is a note about the grades that are earlier ones, if there are any.
func unchanged(all []grade.Exercise) []string {
	n := 0
	for _, e := range all {
		if e.Unchanged {
			n++
		}
	}
	switch {
	case n == 0:
		return nil
	case n == 1 && len(all) == 1:
		return []string{"The exercise has not changed since it was last graded; --again grades it anew."}
	case n == 1:
		return []string{"One exercise has not changed since it was last graded; --again grades it anew."}
	}
	return []string{fmt.Sprintf("%d of %d exercises have not changed since they were last graded; --again grades them anew.", n, len(all))}
}
