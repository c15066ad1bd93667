package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"time"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/profile"
)

type profileCommand struct {
	Package string        `arg:"" optional:"" name:"exercise" help:"An exercise's id, or a package as for explore; the package in the current folder if you name none."`
	Test    string        `arg:"" optional:"" help:"A test, or a part of its name. Default: an exercise's first scenario that breaks the starter, or else a package's first test."`
	Runs    int           `default:"100" placeholder:"N" help:"The most runs for each way to run the test and number of processors."`
	Budget  time.Duration `default:"60s" placeholder:"TIME" help:"How long to measure, without building and exploring."`
	Format  []string      `sep:"none" placeholder:"NAME[=FILE]" help:"terminal (the default), json or svg, to standard output or to a file. May be repeated. If all go to files, terminal is written, too."`
}

var profileFormats = map[string]func(io.Writer, profile.Report) error{
	"terminal": profile.WriteTerminal, "json": profile.WriteJSON, "svg": profile.WriteSVG,
}

// Run measures how often a test fails on its own.
func (c *profileCommand) Run(a *app) error {
	targets, err := c.targets()
	if err != nil {
		return err
	}
	what, err := a.packages([]string{orHere(c.Package)})
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	m := startMeter(a.stderr, 0)
	defer m.clear()
	o := profile.Options{Dir: what.dir, Env: what.env, Pattern: what.patterns[0], Test: cmp.Or(c.Test, a.firstScenario(orHere(c.Package))), Runs: c.Runs, Budget: c.Budget, Busy: []string{self, "busy"}, Cores: runtime.NumCPU(), Doing: m.doing}
	r, err := profile.Run(a.ctx, o)
	if err == nil {
		m.doing("exploring")
		err = c.explored(a, o, &r)
	}
	m.clear()
	switch {
	case a.ctx.Err() != nil && len(r.Rows) == 0:
		return interrupted{" before anything was measured"}
	case a.ctx.Err() != nil:
		return errors.Join(interrupted{"; what was measured before is above"}, a.writeProfile(targets, r))
	case errors.As(err, new(profile.CallError)):
		return usageError{err}
	case err != nil:
		return exploreError(err)
	}
	return a.writeProfile(targets, r)
}

// explored explores the test that was profiled.
func (c *profileCommand) explored(a *app, p profile.Options, r *profile.Report) error {
	o := explore.Options{Dir: p.Dir, Env: p.Env, Patterns: []string{p.Pattern}, Run: regexp.MustCompile("^" + r.Test + "$"), Race: true, Seed: 1, Budget: explore.Normal, Processors: runtime.NumCPU()}
	found, err := explore.Explore(a.ctx, o)
	if err != nil {
		return err
	}
	if len(found.Packages) == 1 && len(found.Packages[0].Tests) == 1 {
		t := found.Packages[0].Tests[0]
		r.Explored = &t
	}
	return nil
}

func (c *profileCommand) targets() (targets []target, err error) {
	switch {
	case c.Runs < 1:
		return nil, usageError{fmt.Errorf("--runs %d: want 1 or more", c.Runs)}
	case c.Budget <= 0:
		return nil, usageError{fmt.Errorf("--budget %s: want more than no time", c.Budget)}
	}
	return targetsOf(c.Format, profileFormats)
}

func (a *app) writeProfile(targets []target, r profile.Report) error {
	return a.writeTargets(targets, func(w io.Writer, t target) error { return profileFormats[t.format](w, r) })
}

// orHere is a package as the caller named it, or the one in the current folder.
func orHere(name string) string {
	if name == "" {
		return "."
	}
	return name
}
