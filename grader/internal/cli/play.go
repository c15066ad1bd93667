package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/play"
)

type playCommand struct {
	Package  string   `arg:"" optional:"" name:"exercise" help:"An exercise's id, or a package as for explore; the package in the current folder if you name none."`
	Scenario string   `arg:"" optional:"" help:"A test, or a part of its name. Default: an exercise's first scenario that breaks the starter, or else a package's first test."`
	Tags     string   `placeholder:"TAGS" help:"Build tags, as for go test."`
	Args     []string `sep:"none" name:"args" placeholder:"ARG" help:"An argument for the tests themselves, as after go test -args. May be repeated."`
	Predict  bool     `help:"Predict first: choose an order that breaks the test without seeing what its moves do, then see it played."`
	Race     bool     `negatable:"" default:"true" help:"A data race wins too. This needs a C compiler."`
}

// Run lets the player be the scheduler of a test.
func (c *playCommand) Run(a *app) error {
	if !a.onTerminal() {
		return usageError{fmt.Errorf("play needs a terminal to show the game on; without one, %s shows an order that breaks a test", a.caller.call("explore"))}
	}
	ctx, stop := untilHungUp(a.ctx)
	defer stop()
	a.ctx = ctx
	session, sources, err := c.session(a)
	if err != nil {
		return err
	}
	defer session.Close()
	game, err := session.Game(cmp.Or(c.Scenario, a.firstScenario(orHere(c.Package))))
	if err != nil {
		return usageError{err}
	}
	err = play.Play(a.ctx, game, play.Options{
		Title: "play " + orHere(c.Package) + " " + game.Name, Predict: c.Predict, In: os.Stdin, Out: os.Stdout, Env: os.Environ(),
		Source: asItWas(sources),
		Again: func(schedule string) string {
			return a.caller.call("replay", shellWord(orHere(c.Package)), shellWord(schedule))
		},
	})
	if a.ctx.Err() != nil {
		return interrupted{""}
	}
	return err
}

// asItWas returns the lines of a file as they were when the game first showed it: what is
// played does not change if the file does.
func asItWas(now sources) func(file string) []string {
	seen := map[string][]string{}
	return func(file string) []string {
		if _, ok := seen[file]; !ok {
			seen[file] = strings.Split(now(file), "\n")
		}
		return seen[file]
	}
}

// firstScenario is the first one in an exercise's manifest that exploring breaks with the
// starter; "" for a package that is no exercise. Those that an author has written come
// before generated ones.
func (a *app) firstScenario(name string) string {
	k, sub, err := a.trees()
	if err != nil {
		return ""
	}
	e, ok := a.exerciseNamed(k, sub, name)
	if !ok {
		e, _ = exerciseAt(k, sub, name)
	}
	for _, t := range e.Tests {
		if explored.IsScenario(t.Name) && slices.Contains(t.CaughtBy, kata.ExploreDetector) {
			return t.Name
		}
	}
	return ""
}

// session builds the package to play.
func (c *playCommand) session(a *app) (s *explore.Session, files sources, err error) {
	o := explore.Options{Tags: c.Tags, TestArgs: c.Args, Race: c.Race, Seed: 1, Budget: explore.Normal, Delays: 2, Processors: runtime.NumCPU()}
	what, err := a.packages([]string{orHere(c.Package)})
	if err != nil {
		return nil, nil, err
	}
	what.of(&o)
	m := startMeter(a.stderr, 0)
	defer m.clear()
	m.doing("building")
	s, err = explore.Prepare(a.ctx, o)
	switch {
	case errors.Is(err, context.Canceled):
		return nil, nil, interrupted{" before the game was built"}
	case err != nil:
		return nil, nil, exploreError(err)
	}
	if err := s.Ready(); err != nil {
		s.Close()
		return nil, nil, usageError{err}
	}
	return s, sourcesOf(o), nil
}
