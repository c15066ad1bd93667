package cli

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/counted"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/recall"
	"heisenkata/grader/internal/verify"
)

type verifyCommand struct {
	Exercises []string `arg:"" optional:"" name:"exercise" help:"Ids or paths; the exercise whose folder you are in, or else all of them, if you name none."`
	Effort    string   `enum:"quick,normal,thorough" default:"normal" help:"How much evidence each grading gathers: ${enum}."`
	Repeat    int      `default:"1" placeholder:"N" help:"Grade each variant N times."`
	Only      []string `placeholder:"KIND" help:"Only these variants: those of a kind (starter, model, right, wrong), one by name (right/NAME, wrong/NAME), or none, to check only what takes no grading."`
	Busy      bool     `help:"Keep every processor busy meanwhile."`
	Mutants   bool     `help:"Instead of the variants, grade mutants: right fixes with one fault put into each."`
	Operator  string   `placeholder:"TEXT" help:"With --mutants: only mutants by operators that have this in their name."`
	Rates     bool     `help:"Instead of grading, measure how often go test -race -count=100 fails on the starters and wrong fixes (N times each with --repeat), and how soon the explorer finds them. The rates are recorded in rates.toml next to the model fix."`
	Again     bool     `help:"Grade even what an earlier run has proven: same code, same tests, same grader."`
	Sample    int      `placeholder:"N" help:"Only N starters, N model fixes, N wrong and N other right ones, or with --mutants N mutants, of all exercises together: the same ones for the same code."`
}

// Run proves the curriculum and prints a table of it.
func (c *verifyCommand) Run(a *app) error {
	k, submission, err := a.trees()
	if err != nil {
		return err
	}
	exercises, err := a.choose(k, submission, c.Exercises)
	if err != nil {
		return err
	}
	switch {
	case c.Repeat < 1:
		return usageError{fmt.Errorf("--repeat %d: want 1 or more", c.Repeat)}
	case c.Sample < 0:
		return usageError{fmt.Errorf("--sample %d: want 1 or more", c.Sample)}
	}
	m := startMeter(a.stderr, 0)
	defer m.clear()
	lab, err := newLab(a.ctx, k, check.Effort(c.Effort), m)
	if err != nil {
		return err
	}
	if c.Busy {
		defer lab.KeepBusy()()
	}
	p := verify.Proof{Lab: lab, Repeat: c.Repeat, Memory: c.memory(k, lab), Again: c.Again}
	if c.Mutants {
		return c.mutants(a, p, exercises, m)
	}
	lab.Each = true
	t := &table{app: a}
	var all []verify.Variant
	for _, e := range exercises {
		found, problems := verify.Tree(k, e)
		t.static(e, problems)
		all = append(all, found...)
	}
	variants, err := c.chosen(all, t.problems > 0)
	if err != nil {
		return err
	}
	if variants, err = verify.SampleFixes(k, variants, c.Sample); err != nil {
		return err
	}
	if c.Rates {
		return c.rates(a, p, slices.DeleteFunc(variants, func(v verify.Variant) bool { return v.Kind != verify.Starter && v.Kind != verify.Wrong }), m)
	}
	t.head()
	tell := func(r verify.Row) {
		m.clear()
		t.row(r)
	}
	if err := c.runAll(a.ctx, p, variants, tell); err != nil {
		return err
	}
	return t.end()
}

// memory is what earlier runs have proven under the same conditions.
func (c *verifyCommand) memory(k kata.Kata, lab *check.Lab) *recall.Memory {
	return recall.Open(k, "proven", fmt.Sprintf("%s effort %s repeat %d busy %t %v", lab.Toolchain.Version, c.Effort, c.Repeat, c.Busy, lab.Protection))
}

// chosen keeps the variants asked for, by kind or by name. If there are problems, the one
// that is named may be missing because of them.
func (c *verifyCommand) chosen(all []verify.Variant, problems bool) (some []verify.Variant, err error) {
	for _, only := range c.Only {
		named := func(v verify.Variant) bool { return v.Label() == only }
		if !problems && !slices.Contains([]string{"starter", "model", "right", "wrong", "none"}, only) && !slices.ContainsFunc(all, named) {
			return nil, usageError{fmt.Errorf("--only %s: want starter, model, right, wrong or none, or right/NAME or wrong/NAME of one that the exercise has", only)}
		}
	}
	return slices.DeleteFunc(all, func(v verify.Variant) bool { return !c.wants(v) }), nil
}

// wants reports whether a variant was asked for.
func (c *verifyCommand) wants(v verify.Variant) bool {
	return len(c.Only) == 0 || slices.Contains(c.Only, string(v.Kind)) || slices.Contains(c.Only, v.Label())
}

// runAll verifies variants, and tells of each.
func (c *verifyCommand) runAll(ctx context.Context, p verify.Proof, variants []verify.Variant, tell func(verify.Row)) error {
	return sideBySide(ctx, variants, func(ctx context.Context, v verify.Variant) (verify.Row, error) {
		row, err := p.Run(ctx, v)
		if err != nil {
			err = fmt.Errorf("%s %s: %w", v.Exercise.ID, v.Label(), err)
		}
		return row, err
	}, tell)
}

// sideBySide does something with all items at once, and tells of each, in order, as
// soon as it and those before it are done. The first error ends it.
func sideBySide[T, R any](ctx context.Context, items []T, do func(context.Context, T) (R, error), tell func(R)) error {
	ctx, cancel := context.WithCancel(ctx)
	type answer struct {
		row R
		err error
	}
	answers := make([]chan answer, len(items))
	places := make(chan struct{}, 4*runtime.NumCPU()) // most wait for a processor, or sleep
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	for i := range items {
		answers[i] = make(chan answer, 1)
	}
	group.Go(func() {
		for i, item := range items {
			places <- struct{}{}
			group.Go(func() {
				row, err := do(ctx, item)
				answers[i] <- answer{row, err}
				<-places
			})
		}
	})
	for _, a := range answers {
		got := <-a
		if got.err != nil {
			return got.err
		}
		tell(got.row)
	}
	return nil
}

// table prints what verify finds, row by row.
type table struct {
	app      *app
	problems int
	rows     int
	before   int // of the rows, how many were proven by an earlier run
}

// known tells how many of the rows were not graded this time.
func (t *table) known() string {
	if t.before == 0 {
		return ""
	}
	return fmt.Sprintf("; %d of them were proven before, and --again grades them, too", t.before)
}

func (t *table) line(format string, args ...any) {
	_ = show(t.app.stdout, fmt.Sprintf(format, args...)+"\n") // a closed pipe ends nothing worth keeping
}

func (t *table) static(e kata.Exercise, problems []string) {
	for _, p := range problems {
		t.problems++
		t.line("✗ %s: %s", e.ID, p)
	}
}

func (t *table) head() {
	t.line("  %-18s %-32s %-9s %9s %7s %8s", "exercise", "variant", "verdict", "gradings", "misses", "seconds")
}

func (t *table) row(r verify.Row) {
	t.rows++
	sign := "✓"
	if r.Problems != nil {
		sign = "✗"
	}
	took := fmt.Sprintf("%.1f", r.Seconds)
	if r.Before {
		t.before++
		took = "before"
	}
	t.line("%s %-18s %-32s %-9s %9d %7d %8s", sign, r.Variant.Exercise.ID, r.Variant.Label(), r.Verdict, r.Gradings, r.Misses, took)
	for _, p := range r.Problems {
		t.problems++
		t.line("    %s", p)
	}
}

func (t *table) end() error {
	if t.problems > 0 {
		t.line("%s in %s", counted.Of(t.problems, "problem"), counted.Of(t.rows, "variant"))
		return errFellShort
	}
	are := "are"
	if t.rows == 1 {
		are = "is"
	}
	t.line("%s %s as claimed%s", counted.Of(t.rows, "variant"), are, t.known())
	return nil
}

type busyCommand struct{}

// Run computes until the process is killed: the load under which timing bugs show.
func (busyCommand) Run(a *app) error {
	for n := uint64(1); a.ctx.Err() == nil; n++ {
		for range 1 << 20 {
			n = n*6364136223846793005 + 1442695040888963407
		}
	}
	return nil
}
