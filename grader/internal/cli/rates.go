package cli

import (
	"context"
	"fmt"

	"heisenkata/grader/internal/verify"
)

// rated is a variant and how often it is caught.
type rated struct {
	verify.Variant
	verify.Rate
}

// rates measures the starters and wrong fixes, prints a line for each, and notes it beside the
// model fix.
func (c *verifyCommand) rates(a *app, p verify.Proof, variants []verify.Variant, m *meter) error {
	k := p.Lab.Kata
	var failed error
	t := &table{app: a}
	t.line("%-18s %-32s %6s %6s %9s", "exercise", "variant", "failed", "runs", "schedules")
	err := sideBySide(a.ctx, variants, func(ctx context.Context, v verify.Variant) (rated, error) {
		r, err := p.Rate(ctx, v)
		if err != nil {
			err = fmt.Errorf("%s %s: %w", v.Exercise.ID, v.Label(), err)
		}
		return rated{v, r}, err
	}, func(r rated) {
		m.clear()
		t.line("%-18s %-32s %6d %6d %9d", r.Exercise.ID, r.Label(), r.Failed, r.Runs, r.Schedules)
		if r.Runs == 0 {
			return // it was refused before anything ran
		}
		if err := r.Add(k, r.Variant); failed == nil {
			failed = err
		}
	})
	if err != nil {
		return err
	}
	return failed
}
