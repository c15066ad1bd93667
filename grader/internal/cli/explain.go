package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/kata"
	htmlpage "heisenkata/grader/internal/page"
)

type explainCommand struct {
	Exercise string `arg:"" optional:"" help:"An exercise's id, or a package as for explore; the package in the current folder if you name none."`
	Scenario string `arg:"" optional:"" placeholder:"TEST" help:"A test, or a part of its name. By default, all scenarios of an exercise, and the clearest finding; of another package, its tests up to the first finding."`
	HTML     string `name:"html" placeholder:"FILE" help:"Also write a web page, in one file: the interleaving to step through, the source, and what holds and waits at each step."`
	Open     bool   `help:"Open the page with your browser. Without --html it is written to the folder for temporary files."`
	All      string `placeholder:"DIR" help:"Write a page for each exercise's starter, and an index.html, into a folder."`
	Seed     uint64 `default:"1" help:"Which schedules to sample. The same seed runs the same ones."`
	Budget   string `default:"1000,10s" placeholder:"N,TIME" help:"How many schedules to try, and for how long, for each test: a number, a duration, or both."`
	buildFlags
}

// Run shows an interleaving that breaks a test, or says that none was found, and on what
// evidence.
func (c *explainCommand) Run(a *app) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	if c.All != "" {
		return a.site(o, c.All, c.Open)
	}
	games := gameFinder{ctx: a.ctx}
	if c.HTML != "" || c.Open {
		o.Then = games.look
	}
	l, err := a.lookFor(o, c.Exercise, c.again())
	if err != nil {
		return err
	}
	err = exploreVerdict(l.report, l.options.Run, !l.empty())
	if l.empty() {
		return err
	}
	if told := a.tell(l); told != nil {
		return errors.Join(err, told)
	}
	if c.HTML == "" && !c.Open {
		return err
	}
	return errors.Join(err, a.present(l.page(a, games.game), c.HTML, c.Open))
}

func (c *explainCommand) options() (explore.Options, error) {
	o := c.buildFlags.options()
	o.Seed, o.Delays, o.Prove, o.Leaks, o.Test = c.Seed, 2, true, explore.LeaksTest, c.Scenario
	var err error
	if o.Budget, err = parseBudget(c.Budget); err != nil {
		return o, usageError{err}
	}
	return o, nil
}

// scenarios are the tests of an exercise that are written to be explored.
var scenarios = regexp.MustCompile("^" + explored.ScenarioPrefix)

// looked is what an exploration came to that looks for one finding.
type looked struct {
	exercise kata.Exercise // of no id, if it is another package
	options  explore.Options
	report   explored.Report   // of all tests, or only of the one with the finding
	pkg      *explored.Package // nil: nothing was found
	test     *explored.Test
}

// empty reports whether no test was explored.
func (l looked) empty() bool {
	return !slices.ContainsFunc(l.report.Packages, func(p explored.Package) bool { return len(p.Tests) > 0 })
}

// lookFor explores a package until there is a finding. Of an exercise, all scenarios are
// explored for the clearest one. Where there is none, it is tried to prove so.
func (a *app) lookFor(o explore.Options, name string, again []string) (looked, error) {
	name = cmp.Or(name, ".")
	var l looked
	var err error
	m, err := a.packages([]string{name})
	if err != nil {
		return l, err
	}
	m.of(&o)
	if k, submission, err := a.trees(); err == nil {
		l.exercise, _ = a.exerciseNamed(k, submission, name)
		if l.exercise.ID == "" {
			l.exercise, _ = exerciseAt(k, submission, name)
		}
	}
	if l.exercise.ID != "" && o.Test == "" {
		o.Run = scenarios
	}
	return a.lookIn(o, l, again)
}

// lookIn is lookFor, once it is known what to explore.
func (a *app) lookIn(o explore.Options, l looked, again []string) (looked, error) {
	ctx, enough := context.WithCancel(a.ctx)
	defer enough()
	if l.exercise.ID == "" {
		o.Found = func(_ string, t explored.Test) {
			if t.Verdict.Found() {
				enough()
			}
		}
	}
	r, err := a.metered(ctx, o)
	if err != nil && (a.ctx.Err() != nil || ctx.Err() == nil) {
		return l, exploreError(err)
	}
	r.Again.Flags = again
	l.options, l.report = o, r
	if p, t := explored.Clearest(r); p != nil {
		l.report.Packages = []explored.Package{*p}
		l.pkg, l.test = &l.report.Packages[0], t
		l.pkg.Tests, l.pkg.NotExplored = []explored.Test{*t}, nil
	}
	return l, nil
}

// tell shows on the screen what was found, or that nothing was.
func (a *app) tell(l looked) error {
	if l.test == nil {
		if err := show(a.stdout, l.nothing()+"\n\n"); err != nil {
			return err
		}
	}
	return a.writeExplored([]target{{format: "terminal"}}, l.report, nil)
}

// nothing says that nothing was found, and how much that means.
func (l looked) nothing() string {
	passed, running, proven := 0, 0, 0
	for _, p := range l.report.Packages {
		for _, t := range p.Tests {
			switch t.Verdict {
			case explored.Pass:
				passed++
			case explored.Running:
				running++
			}
			if t.Proven() {
				proven++
			}
		}
	}
	switch {
	case passed == 0 && running > 0:
		return "These tests do not end: either a loop is endless, or it takes too many steps."
	case passed == 0:
		return "Nothing was found, and nothing passed either."
	case proven == passed:
		return "Nothing was found. This is proven: every different interleaving of these tests passes."
	case proven == 0:
		return "Nothing was found. The schedules were sampled: another one may still fail."
	}
	return fmt.Sprintf("Nothing was found. Proven for %d of %d tests: every different interleaving passes. Of the others, schedules were sampled.", proven, passed)
}

// page is the web page of what was found, with a game, unless that is nil.
func (l looked) page(a *app, game *htmlpage.Game) htmlpage.Document {
	r := a.addressedExplored(target{format: "html", file: "page"}, l.report)
	title := ""
	if l.exercise.ID != "" {
		title = l.exercise.ID + ": " + l.exercise.Title
	}
	d := htmlpage.Explored(r)
	if l.test != nil {
		d = htmlpage.Explained(title, r, r.Packages[0], *l.test)
	} else {
		d.Lead = append([]string{l.nothing()}, d.Lead...)
		d.Title = cmp.Or(title, d.Title)
	}
	d.Sources = sourcesOf(l.options)
	if game != nil {
		p := r.Packages[0]
		game.Play, game.Replay = r.Again.Play(p, game.Test), r.Again.Command(p, game.Test, htmlpage.Schedule)
		d.Game = game
	}
	return d
}

// present writes a page to a file, says where it is, and opens it if that is asked for.
// What cannot be opened here can be opened elsewhere.
func (a *app) present(d htmlpage.Document, file string, open bool) error {
	file, err := a.writePage(d, file)
	if err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	fmt.Fprintln(a.stderr, "page: "+a.caller.near(file))
	if open {
		if err := openInBrowser(a.ctx, file); err != nil {
			complain(a.stderr, "grader", err)
		}
	}
	return nil
}

// writePage writes a page to a file; without a name, to one in the folder for temporary
// files.
func (a *app) writePage(d htmlpage.Document, file string) (string, error) {
	var text bytes.Buffer
	if err := htmlpage.Write(&text, d); err != nil {
		return file, err
	}
	if file != "" {
		return file, a.deliver(target{"html", file}, text.Bytes())
	}
	f, err := os.CreateTemp("", "heisenkata-*.html")
	if err != nil {
		return file, err
	}
	_, err = f.Write(text.Bytes())
	return f.Name(), errors.Join(err, f.Close())
}
