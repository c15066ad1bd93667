package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/forced"
)

// forcedRuns is how often a test that forces a schedule has to fail before it is shown.
const forcedRuns = 10

// force prints a test that forces the order of a schedule.
func (c *replayCommand) force(a *app, o explore.Options, packages []string) error {
	if len(c.Format) > 0 {
		return usageError{errors.New("--test prints a patch, which has no other format")}
	}
	r, o, err := a.exploration(o, packages, c.again())
	if err != nil && a.ctx.Err() == nil {
		return exploreError(err)
	}
	t, err := found(r, o.Run)
	if err != nil {
		return err
	}
	made, err := a.forced(o, c.buildFlags, t)
	switch {
	case a.ctx.Err() != nil:
		return interrupted{" before there was a test"}
	case errors.As(err, new(forced.CallError)):
		return usageError{err}
	case err != nil:
		return err
	case made.Patch == "":
		return usageError{made.Impossible()}
	}
	return forced.Write(a.stdout, made, t, a.again(c, packages, made))
}

// found is the finding of the only test in a report.
func found(r explored.Report, asked *regexp.Regexp) (explored.Test, error) {
	for _, p := range r.Packages {
		for _, t := range p.Tests {
			if t.Verdict.Found() {
				return t, nil
			}
			return t, usageError{fmt.Errorf("%s: this schedule does not break it: %s", t.Name, cmp.Or(t.Summary, "it passes"))}
		}
	}
	return explored.Test{}, exploreVerdict(r, asked, false)
}

func (a *app) forced(o explore.Options, f buildFlags, t explored.Test) (forced.Result, error) {
	m := startMeter(a.stderr, 0)
	defer m.clear()
	return forced.Make(a.ctx, forced.Options{
		Dir: o.Dir, Env: o.Env, Pattern: o.Patterns[0], Tags: f.Tags, Args: o.TestArgs, Subs: o.Subs, Runs: forcedRuns, Test: t, Doing: m.doing,
	})
}

// again is the command that prints the patch once more.
func (a *app) again(c *replayCommand, packages []string, made forced.Result) forced.Again {
	words := append([]string{"replay"}, c.again()...)
	for _, p := range packages {
		words = append(words, shellWord(p))
	}
	schedule := c.Schedule
	if schedule == "" {
		schedule = c.Package
	}
	words = append(words, shellWord(schedule), "--test")
	root := made.Root
	if rel, err := filepath.Rel(a.caller.dir, root); err == nil {
		root = filepath.ToSlash(rel)
	}
	return forced.Again{Make: a.caller.call(strings.Join(words, " ")), Root: root}
}
