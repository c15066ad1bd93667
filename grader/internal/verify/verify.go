// Package verify proves the curriculum: that each exercise's starter fails by
// the detectors its manifest declares and no others, that every right fix earns
// full marks, that every wrong fix falls short by what its first line names, and
// that nothing is missing or unlisted.
package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/recall"
)

// Kind is what a variant of an exercise's code is.
type Kind string

// The kinds of variants.
const (
	Starter Kind = "starter"
	Model   Kind = "model"
	Right   Kind = "right"
	Wrong   Kind = "wrong"
)

// Variant is one version of an exercise's code, with what is claimed about it.
type Variant struct {
	Exercise kata.Exercise
	Kind     Kind
	Name     string // "" for starter and model
	Dir      string // slash path from the root
	Claim    Claim  // of a wrong fix
}

// Row is the result of verifying one variant.
type Row struct {
	Variant  Variant          `json:"-"`
	Verdict  evidence.Verdict // of the last grading
	Gradings int              // how often it was graded
	Misses   int              // in how many of them it was not as claimed
	Seconds  float64          // wall time of all gradings, without the build
	Problems []string         // what was not as claimed, each kind once
	Before   bool             // an earlier run proved it; the other fields are from then
}

// Proof grades variants. Repeat is how often each is graded; every grading runs every
// process again. What Memory has is graded only if Again is set.
type Proof struct {
	Lab    *check.Lab
	Repeat int
	Memory *recall.Memory
	Again  bool
}

// Run grades one variant as often as asked and holds it against its claim. An
// error is the grader's own trouble.
func (p Proof) Run(ctx context.Context, v Variant) (Row, error) {
	key := p.Memory.Key(v.Exercise, filesOf(p.Lab.Kata, v), string(v.Kind))
	var row Row
	if !p.Again && p.Memory.Recall(key, &row) {
		row.Variant, row.Before = v, true
		return row, nil
	}
	row, err := p.run(ctx, v)
	p.Memory.Keep(key, row, err == nil && row.Problems == nil)
	return row, err
}

// filesOf reads a variant's files. Grading tells of one that is missing.
func filesOf(k kata.Kata, v Variant) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range v.Exercise.Files {
		text, err := os.ReadFile(filepath.Join(k.Root, filepath.FromSlash(path.Join(v.Dir, name))))
		if err == nil {
			files[name] = text
		}
	}
	return files
}

func (p Proof) run(ctx context.Context, v Variant) (Row, error) {
	row := Row{Variant: v}
	bench, err := p.Lab.Prepare(ctx, v.Exercise, p.Lab.Kata.Root, v.Dir, v.decisive(false)...)
	if err != nil {
		return row, err
	}
	start := time.Now()
	refused := false
	for n := range p.Repeat {
		r, runErr := bench.Run(ctx, v.decisive(n > 0)...)
		if err = runErr; err != nil {
			break
		}
		row.judge(grade.Score(v.Exercise, r.Whole, r.Tests))
		refused = slices.ContainsFunc(r.Whole, evidence.Check.Failed)
	}
	row.Seconds = time.Since(start).Seconds()
	if err == nil && !refused {
		err = p.learnersCommand(ctx, bench, &row)
	}
	return row, errors.Join(err, bench.Close())
}

// decisive names the tests that settle a variant, or none if it takes them all.
// A wrong fix is settled by the test that its first line names, since points
// that one test costs no other can bring back. Of a starter that has been
// graded once, only the tests that have points can give it any.
func (v Variant) decisive(again bool) (tests []string) {
	if v.Claim.Test != "" {
		return []string{v.Claim.Test}
	}
	for _, t := range v.Exercise.Tests {
		if v.Kind == Starter && again && !t.Guard {
			tests = append(tests, t.Name)
		}
	}
	return tests
}

// judge holds one grading against the claim.
func (row *Row) judge(g grade.Exercise) {
	row.Gradings++
	row.Verdict = g.Verdict
	for _, t := range g.Tests {
		if t.Name == row.Variant.Claim.Test { // the only one that has been run
			row.Verdict = t.Verdict
		}
	}
	problems := row.Variant.problems(g)
	if problems != nil {
		row.Misses++
	}
	for _, p := range problems {
		row.add(p)
	}
}

func (row *Row) add(problem string) {
	for _, known := range row.Problems {
		if known == problem {
			return
		}
	}
	row.Problems = append(row.Problems, problem)
}

// problems tells in which ways a grading is not as claimed.
func (v Variant) problems(g grade.Exercise) []string {
	switch v.Kind {
	case Starter:
		return starterProblems(v.Exercise, g)
	case Wrong:
		return v.Claim.problems(g)
	}
	return v.rightProblems(g)
}

func (v Variant) rightProblems(g grade.Exercise) (problems []string) {
	if g.Verdict == evidence.Pass && *g.Points == g.MaxPoints {
		return nil
	}
	problems = append(problems, fmt.Sprintf("a right fix lost points: %d of %d, verdict %s", *g.Points, g.MaxPoints, g.Verdict))
	for _, c := range g.Checks {
		if c.Failed() && c.Finding != nil {
			problems = append(problems, fmt.Sprintf("%s: %s%s", c.Detector, c.Finding.Summary, v.where(c.Finding.Places)))
		}
	}
	for _, t := range g.Tests {
		if f := t.Finding(); f != nil {
			problems = append(problems, t.Name+": "+f.Summary)
		}
	}
	return problems
}

// where says in which line something was found, or "". A finding names the learner's file; the
// variant's has another folder.
func (v Variant) where(places []evidence.Place) string {
	if len(places) == 0 {
		return ""
	}
	at := places[0]
	if slices.Contains(v.Exercise.Files, path.Base(at.File)) {
		at.File = path.Join(v.Dir, path.Base(at.File))
	}
	return fmt.Sprintf(" (%s)", at)
}

// countRuns is how often the learner's own command repeats the tests.
const countRuns = 100

// countTime is the processor time that the learner's command, with its build,
// may take on a model fix. Authors aim at a quarter of it; the rest is for slower
// machines. Wall time would measure what else a machine does. On a busy machine
// processor time grows too: there the limit is countShare times what a single run
// takes there, with its build.
const (
	countTime  = 20 * time.Second
	countShare = 7
)

// learnersCommand runs `go test -race -count=100` on the starter, which must
// fail, and on the model fix, which must pass.
func (p Proof) learnersCommand(ctx context.Context, bench *check.Bench, row *Row) error {
	if row.Variant.Kind != Starter && row.Variant.Kind != Model {
		return nil
	}
	failure, took, err := bench.Count(ctx, countRuns)
	if err != nil {
		return err
	}
	limit := countTime
	if row.Variant.Kind == Model && took > countTime {
		_, once, err := bench.Count(ctx, 1)
		if err != nil {
			return err
		}
		limit = max(countTime, countShare*once)
	}
	switch {
	case row.Variant.Kind == Starter && failure == "":
		row.add(fmt.Sprintf("`go test -race -count=%d` passes on the starter", countRuns))
	case row.Variant.Kind == Model && failure != "":
		row.add(fmt.Sprintf("`go test -race -count=%d` fails on the model fix: %s", countRuns, failure))
	case row.Variant.Kind == Model && took > limit:
		row.add(fmt.Sprintf("`go test -race -count=%d` of the model fix takes %.1f s of processor time; the limit is %.1f s", countRuns, took.Seconds(), limit.Seconds()))
	}
	return nil
}

// Label names a variant in tables.
func (v Variant) Label() string { return path.Join(string(v.Kind), v.Name) }

// SampleFixes keeps, of all exercises together, n variants of each kind, by their content:
// the same ones until they change. With n = 0 it keeps everything.
func SampleFixes(k kata.Kata, all []Variant, n int) ([]Variant, error) {
	if n == 0 {
		return all, nil
	}
	kinds := map[Kind][]Variant{}
	sums := map[string]uint32{}
	for _, v := range all {
		var err error
		if sums[v.Dir], err = sumOf(k, v); err != nil {
			return nil, err
		}
		kinds[v.Kind] = append(kinds[v.Kind], v)
	}
	left := map[string]bool{}
	for _, kind := range []Kind{Starter, Model, Right, Wrong} {
		fixes := kinds[kind]
		slices.SortFunc(fixes, func(a, b Variant) int { return cmp.Compare(sums[a.Dir], sums[b.Dir]) })
		for _, v := range fixes[min(n, len(fixes)):] {
			left[v.Dir] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(v Variant) bool { return left[v.Dir] }), nil
}

// sumOf is a checksum of a variant's files.
func sumOf(k kata.Kata, v Variant) (sum uint32, err error) {
	for _, name := range v.Exercise.Files {
		text, err := os.ReadFile(filepath.Join(k.Root, filepath.FromSlash(v.Dir), name))
		if err != nil {
			return 0, err
		}
		sum = crc32.Update(sum, crc32.IEEETable, text)
	}
	return sum, nil
}
