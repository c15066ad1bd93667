package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/verify"
)

// mutants grades the mutants of exercises, and prints those that earn full marks
// and how many were refused.
func (c *verifyCommand) mutants(a *app, p verify.Proof, exercises []kata.Exercise, m *meter) error {
	var all []verify.Mutant
	for _, e := range exercises {
		of, err := verify.Mutants(p.Lab.Kata, e)
		if err != nil {
			return err
		}
		of = slices.DeleteFunc(of, func(m verify.Mutant) bool {
			return !c.wants(m.Of) || !strings.Contains(m.Operator, c.Operator)
		})
		all = append(all, of...)
	}
	if c.Sample > 0 {
		all = verify.Sample(all, c.Sample)
	}
	t := &mutantTable{table: table{app: a}, exercises: map[string]*score{}, operators: map[string]*score{}}
	tell := func(r verify.MutantRow) {
		m.clear()
		t.row(r)
		m.doing(fmt.Sprintf("%d of %d mutants", t.rows, len(all)))
	}
	err := sideBySide(a.ctx, all, func(ctx context.Context, m verify.Mutant) (verify.MutantRow, error) {
		row, err := p.Mutate(ctx, m)
		if err != nil {
			err = fmt.Errorf("%s %s, %s: %w", m.Of.Exercise.ID, m.Of.Label(), m, err)
		}
		return row, err
	}, tell)
	m.clear()
	return errors.Join(err, t.end())
}

// mutantTable counts fates.
type mutantTable struct {
	table
	exercises, operators map[string]*score
}

// score is how many of some mutants had each fate.
type score map[verify.Fate]int

func (s score) String() string {
	right, wrong := s[verify.Killed], s[verify.Survived]
	percent := "     –"
	if right+wrong > 0 {
		percent = fmt.Sprintf("%5.1f%%", 100*float64(right)/float64(right+wrong))
	}
	return fmt.Sprintf("%7d %9d %11d %10d %s", right, wrong, s[verify.Equivalent], s[verify.Stillborn], percent)
}

func (t *mutantTable) row(r verify.MutantRow) {
	t.rows++
	for of, key := range map[*map[string]*score]string{&t.exercises: r.Of.Exercise.ID, &t.operators: r.Operator} {
		if (*of)[key] == nil {
			(*of)[key] = &score{}
		}
		(*(*of)[key])[r.Fate]++
	}
	if r.Before {
		t.before++
	}
	if problem := r.Problem(); problem != "" {
		t.problems++
		t.line("✗ %s %s, %s: %s", r.Of.Exercise.ID, r.Of.Label(), r.Mutant, problem)
	}
}

func (t *mutantTable) end() error {
	for _, part := range []struct {
		name string
		of   map[string]*score
	}{{"exercise", t.exercises}, {"operator", t.operators}} {
		t.line("\n  %-32s %7s %9s %11s %10s %6s", part.name, "killed", "survived", "equivalent", "stillborn", "score")
		for _, key := range slices.Sorted(maps.Keys(part.of)) {
			t.line("  %-32s %s", key, part.of[key])
		}
	}
	if t.problems > 0 {
		t.line("\n%s", strings.TrimSpace(fmt.Sprintf("%d of %d mutants are not judged as they should be", t.problems, t.rows)))
		return errFellShort
	}
	t.line("\n%d mutants are judged as they should be%s", t.rows, t.known())
	return nil
}
