package verify

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/BurntSushi/toml"

	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
)

// RatesFile holds the rates of an exercise, in the folder of the model fix.
const RatesFile = "rates.toml"

// Rate is how often the learner's own command, `go test -race -count=100`, catches a
// variant, and how soon the explorer does.
type Rate struct {
	Runs      int `toml:"runs"`                // of the command
	Failed    int `toml:"failed"`              // of those, how many failed
	Schedules int `toml:"schedules,omitempty"` // the fewest after which a test fails under the explorer; 0 if it was not tried or found nothing
}

// Missed reports whether the command passes more often than it fails.
func (r Rate) Missed() bool { return 2*r.Failed < r.Runs }

// Rates are those of an exercise.
type Rates struct {
	Starter *Rate           `toml:"starter"`
	Wrong   map[string]Rate `toml:"wrong"` // by the names of the wrong fixes
}

// ReadRates reads the rates of an exercise; there are none if its file is missing.
func ReadRates(k kata.Kata, e kata.Exercise) (r Rates, err error) {
	err = readBeside(k, e, RatesFile, &r)
	return r, err
}

// ratesHead says what is in the file.
const ratesHead = "# Of so many runs of `go test -race -count=100`, how many fail; and the fewest schedules after which a\n" +
	"# test fails under the explorer. Made by `go run ./grader verify --rates`.\n\n"

// Add records the rate of a variant in the file of its exercise, in place of an earlier one.
func (r Rate) Add(k kata.Kata, v Variant) error {
	all, err := ReadRates(k, v.Exercise)
	if err != nil {
		return err
	}
	if v.Kind == Starter {
		all.Starter = &r
	} else {
		if all.Wrong == nil {
			all.Wrong = map[string]Rate{}
		}
		all.Wrong[v.Name] = r
	}
	var text bytes.Buffer
	text.WriteString(ratesHead)
	if err := toml.NewEncoder(&text).Encode(all); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(k.Root, filepath.FromSlash(v.Exercise.Solution()), RatesFile), text.Bytes(), 0o644)
}

// Rate measures the starter or a wrong fix. Repeat is how often the command is run.
func (p Proof) Rate(ctx context.Context, v Variant) (r Rate, err error) {
	key := p.Memory.Key(v.Exercise, filesOf(p.Lab.Kata, v), "rate")
	if !p.Again && p.Memory.Recall(key, &r) {
		return r, nil
	}
	bench, err := p.Lab.Prepare(ctx, v.Exercise, p.Lab.Kata.Root, v.Dir, v.decisive(false)...)
	if err != nil {
		return r, err
	}
	for n := 0; n < p.Repeat && bench.Built(); n++ {
		failure, _, countErr := bench.Count(ctx, countRuns, "-failfast")
		if err = countErr; err != nil {
			break
		}
		if r.Runs++; failure != "" {
			r.Failed++
		}
	}
	if err == nil && (v.Kind == Starter || slices.Contains(v.Claim.Detectors, "explore")) {
		result, runErr := bench.Run(ctx, v.decisive(false)...)
		err = runErr
		r.Schedules = fewest(grade.Score(v.Exercise, result.Whole, result.Tests))
	}
	err = errors.Join(err, bench.Close())
	p.Memory.Keep(key, r, err == nil)
	return r, err
}

// fewest is the smallest number of schedules that a failing test took, or 0.
func fewest(g grade.Exercise) (n int) {
	for _, t := range g.Tests {
		for _, c := range t.Checks {
			if c.Detector == "explore" && c.Failed() && c.Runs > 0 && (n == 0 || c.Runs < n) {
				n = c.Runs
			}
		}
	}
	return n
}
