package verify

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/mutate"
	"heisenkata/grader/internal/progress"
	"heisenkata/grader/internal/scratch"
)

// Mutant is a mutant of one of an exercise's right fixes.
type Mutant struct {
	mutate.Mutant
	Of   Variant
	File string // slash path within the exercise
	// Equivalent is the reason why it is as right as the fix, or empty.
	Equivalent string
}

// Fate is what became of a mutant.
type Fate string

// The fates. Only a mutant that is judged right and not known to be is a fault.
const (
	Killed     Fate = "killed"     // it is refused
	Survived   Fate = "survived"   // it earns full marks
	Equivalent Fate = "equivalent" // it earns full marks, and is known to be right
	Stillborn  Fate = "stillborn"  // it does not compile, or go vet or the policy objects
)

// MutantRow is the result of grading one mutant.
type MutantRow struct {
	Mutant `json:"-"`
	Fate   Fate
	By     string // what killed it
	Before bool   // an earlier run graded it
}

// Mutants lists the mutants of an exercise's model and right fixes: none, if its
// mutants.toml says that faults in them are not faults.
func Mutants(k kata.Kata, e kata.Exercise) (mutants []Mutant, err error) {
	known, err := equivalents(k, e)
	if err != nil || known.None != "" {
		return nil, err
	}
	variants, problems := Tree(k, e)
	if !slices.ContainsFunc(variants, func(v Variant) bool { return v.Kind == Model }) {
		return nil, fmt.Errorf("%s cannot be graded; fix this first: %s", e.ID, strings.Join(problems, "; "))
	}
	for _, v := range variants {
		if v.Kind != Model && v.Kind != Right {
			continue
		}
		for _, name := range e.Files {
			of, err := mutantsOf(k, v, name)
			if err != nil {
				return nil, err
			}
			mutants = append(mutants, of...)
		}
	}
	right := rightCode(k, e, variants)
	for i, m := range mutants {
		if mutants[i].Equivalent = known.reason(m); mutants[i].Equivalent == "" && len(e.Files) == 1 {
			mutants[i].Equivalent = right[progress.Code(map[string][]byte{m.File: m.Source})]
		}
	}
	return mutants, known.unused(e)
}

// rightCode maps the code of each right fix to the reason why a mutant that is the
// same is right.
func rightCode(k kata.Kata, e kata.Exercise, variants []Variant) map[string]string {
	right := map[string]string{}
	for _, v := range variants {
		if v.Kind != Model && v.Kind != Right {
			continue
		}
		source, err := os.ReadFile(filepath.Join(k.Root, filepath.FromSlash(v.Dir), e.Files[0]))
		if err == nil { // or Tree has said so
			right[progress.Code(map[string][]byte{e.Files[0]: source})] = "it is " + v.Label()
		}
	}
	return right
}

func mutantsOf(k kata.Kata, v Variant, name string) (mutants []Mutant, err error) {
	source, err := os.ReadFile(filepath.Join(k.Root, filepath.FromSlash(v.Dir), name))
	if err != nil {
		return nil, err
	}
	made, err := mutate.Of(source)
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", v.Dir, name, err)
	}
	for _, m := range made {
		mutants = append(mutants, Mutant{Mutant: m, Of: v, File: name})
	}
	return mutants, nil
}

// equivalentFile lists the mutants that are known to be right, in the folder of
// the model fix.
const equivalentFile = "mutants.toml"

type known struct {
	// None is why no mutants are made of the exercise's fixes, or empty. A fix that is
	// a test stays right without one of two assertions that see the same bug.
	None       string        `toml:"none"`
	Equivalent []*equivalent `toml:"equivalent"`
}

// equivalent is known to be right. It is named by what the mutation does, not by
// its line, so that it outlives changes elsewhere in the file.
type equivalent struct {
	Fix      string `toml:"fix"` // as in a table of verify: model, right/owner-channel
	Operator string `toml:"operator"`
	Before   string `toml:"before"`
	After    string `toml:"after"`
	Line     int    `toml:"line"` // where several are alike
	Reason   string `toml:"reason"`
	used     bool
}

func equivalents(k kata.Kata, e kata.Exercise) (all known, err error) {
	if err := readBeside(k, e, equivalentFile, &all); err != nil {
		return all, err
	}
	for _, q := range all.Equivalent {
		if strings.TrimSpace(q.Reason) == "" {
			return all, fmt.Errorf("%s/%s: %s of %s has no reason", e.Solution(), equivalentFile, q.Operator, q.Fix)
		}
	}
	return all, nil
}

// readBeside reads a TOML file beside an exercise's model fix. If it is missing, there is nothing in it.
func readBeside(k kata.Kata, e kata.Exercise, file string, into any) error {
	name := path.Join(e.Solution(), file)
	text, err := fs.ReadFile(os.DirFS(k.Root), name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = toml.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (k known) reason(m Mutant) string {
	for _, q := range k.Equivalent {
		if q.Fix == m.Of.Label() && q.Operator == m.Operator && q.Before == m.Before && q.After == m.After && (q.Line == 0 || q.Line == m.Line) {
			q.used = true
			return q.Reason
		}
	}
	return ""
}

func (k known) unused(e kata.Exercise) error {
	for _, q := range k.Equivalent {
		if !q.used {
			return fmt.Errorf("%s/%s: no mutant of %s is %s: %s → %s", e.Solution(), equivalentFile, q.Fix, q.Operator, q.Before, q.After)
		}
	}
	return nil
}

// Sample picks n mutants of those that are not known to be right, by their content: one
// that has changed counts as another one, and the choice of the rest does not change.
func Sample(mutants []Mutant, n int) []Mutant {
	sum := func(m Mutant) string {
		return fmt.Sprintf("%x", sha256.Sum256(m.Source))
	}
	some := slices.DeleteFunc(slices.Clone(mutants), func(m Mutant) bool { return m.Equivalent != "" })
	slices.SortFunc(some, func(a, b Mutant) int { return strings.Compare(sum(a), sum(b)) })
	return some[:min(n, len(some))]
}

// Mutate grades a mutant, until something objects, unless Memory has it. An error is
// the grader's own trouble.
func (p Proof) Mutate(ctx context.Context, m Mutant) (MutantRow, error) {
	files := filesOf(p.Lab.Kata, m.Of)
	files[m.File] = m.Source
	key := p.Memory.Key(m.Of.Exercise, files, fmt.Sprintf("mutant, equivalent: %t", m.Equivalent != ""))
	var row MutantRow
	if !p.Again && p.Memory.Recall(key, &row) {
		row.Mutant, row.Before = m, true
		return row, nil
	}
	row, err := gradeMutant(ctx, p.Lab, m)
	p.Memory.Keep(key, row, err == nil && row.Problem() == "")
	return row, err
}

// Problem says what is wrong with a mutant's fate, or is empty.
func (r MutantRow) Problem() string {
	switch {
	case r.Fate == Survived:
		return "it earns full marks"
	case r.Equivalent != "" && r.Fate != Equivalent:
		return fmt.Sprintf("said to be right, and %s by %s", r.Fate, r.By)
	}
	return ""
}

func gradeMutant(ctx context.Context, lab *check.Lab, m Mutant) (row MutantRow, err error) {
	row = MutantRow{Mutant: m, Fate: Killed}
	dir, err := scratch.New()
	if err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, dir.Remove()) }()
	if err := m.put(lab.Kata, dir.Path); err != nil {
		return row, err
	}
	bench, err := lab.Prepare(ctx, m.Of.Exercise, dir.Path, m.Of.Exercise.Dir)
	if err != nil {
		return row, err
	}
	defer func() { err = errors.Join(err, bench.Close()) }()
	for _, tests := range [][]string{scenarios(m.Of.Exercise, true), scenarios(m.Of.Exercise, false)} {
		r, err := bench.Run(ctx, tests...)
		if err != nil {
			return row, err
		}
		g := grade.Score(m.Of.Exercise, r.Whole, r.Tests)
		failures := g.Failures() // of what was run: the other tests have no verdict
		if len(failures) == 0 {
			continue
		}
		if row.By = failures[0].Detector; failures[0].Test == nil {
			row.Fate = Stillborn
		} else {
			row.By = failures[0].Test.Name
		}
		return row, nil
	}
	row.Fate = Survived
	if m.Equivalent != "" {
		row.Fate = Equivalent
	}
	return row, nil
}

// put writes the fix with the mutant in it to a tree.
func (m Mutant) put(k kata.Kata, root string) error {
	dir := filepath.Join(root, filepath.FromSlash(m.Of.Exercise.Dir))
	err := os.MkdirAll(dir, 0o755)
	for _, name := range m.Of.Exercise.Files {
		text := m.Source
		if name != m.File && err == nil {
			text, err = os.ReadFile(filepath.Join(k.Root, filepath.FromSlash(m.Of.Dir), name))
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
		}
	}
	return err
}

// scenarios are the tests that are explored, if those are asked for, or the others.
func scenarios(e kata.Exercise, asked bool) (names []string) {
	for _, t := range e.Tests {
		if explored.IsScenario(t.Name) == asked {
			names = append(names, t.Name)
		}
	}
	return names
}
