package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/report"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/sandbox"
	"heisenkata/grader/internal/submission"
)

// gradingFlags are the flags of all commands that grade.
type gradingFlags struct {
	Effort string   `enum:"quick,normal,thorough" default:"normal" help:"How much evidence to gather: ${enum}."`
	All    bool     `help:"Show every test with every finding, not just the clearest failure."`
	Format []string `sep:"none" placeholder:"NAME[=FILE]" help:"terminal (the default), html, json, markdown, junit, github or outputs, to standard output or to a file. May be repeated. If all go to files, terminal is written, too."`

	RequireSandbox bool `help:"Run nothing unless the protection of this machine is full."`
}

type gradeCommand struct {
	Exercises []string `arg:"" optional:"" name:"exercise" help:"Ids or paths; the exercise whose folder you are in, or else all of them, if you name none."`
	Again     bool     `help:"Grade everything, even what has not changed."`
	gradingFlags
}

func (c *gradeCommand) Run(a *app) error { return a.grade(c.Exercises, c.gradingFlags, c.Again) }

type runCommand struct {
	Exercise string `arg:"" optional:"" help:"An id or a path; the exercise whose folder you are in, or else the next one, if you name none."`
	gradingFlags
}

// Run grades one exercise. If it chose the exercise, it says which one.
func (c *runCommand) Run(a *app) error {
	if c.Exercise == "" {
		e, _, err := a.meant("", a.nextOf)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stderr, harmless.Cut(fmt.Sprintf("grading %s: %s", e.ID, harmless.Line(e.Summary)), columnsOf(a.stderr)))
		c.Exercise = e.ID
	}
	a.runsOne = true
	return a.grade([]string{c.Exercise}, c.gradingFlags, true)
}

// grade grades exercises and writes the report in every requested format. Without again,
// what has not changed since it was last graded keeps its grade.
func (a *app) grade(names []string, flags gradingFlags, again bool) error {
	a.gradesAll = len(names) == 0
	targets, err := targetsOf(flags.Format, report.Formats)
	if err != nil {
		return err
	}
	k, submission, err := a.trees()
	if err != nil {
		return err
	}
	exercises, err := a.choose(k, submission, names)
	if err != nil {
		return err
	}
	start := time.Now()
	r := ungradedReport(k, submission, flags.Effort)
	meter := newMeter(a.stderr, exercises)
	defer meter.clear()
	lab, err := newLab(a.ctx, k, check.Effort(flags.Effort), meter)
	if err != nil {
		return err
	}
	if flags.RequireSandbox && lab.Protection.Level != sandbox.Full {
		return fmt.Errorf("the protection of this machine is %s, and --require-sandbox asks for full: %s", lab.Protection.Level, lab.Protection.Explain())
	}
	r.Go, r.Protection = lab.Toolchain.Version, protection(lab.Protection)
	kept := recorderOf(k, r)
	kept.grades = gradesOf(lab, r, again)
	r.Exercises = a.gradeAll(lab, exercises, submission, kept)
	meter.clear()
	r.Seconds = time.Since(start).Seconds()
	r.Notes = append(append(r.Notes, unchanged(r.Exercises)...), kept.notes...)
	r = grade.Sum(r)
	look := a.look(k, r, flags.All)
	look.Sources = sourcesIn(k, submission)
	if a.ctx.Err() != nil && len(unfinished(r)) > 0 {
		return a.writeInterrupted(targets, r, look)
	}
	return errors.Join(a.writeReports(targets, r, look), verdictError(r))
}

// ungradedReport is a report that lacks what only a grading can tell.
func ungradedReport(k kata.Kata, submission, effort string) grade.Report {
	r := grade.Report{
		Effort: effort, Platform: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU(),
		SelfAssessment: same(k.Root, submission), Notes: []string{},
	}
	if r.SelfAssessment {
		r.Notes = append(r.Notes, grade.SelfAssessment)
	}
	return r
}

func verdictError(r grade.Report) error {
	switch r.Verdict {
	case evidence.Pass:
		return nil
	case evidence.Fail:
		return errFellShort
	}
	return errors.New("not everything could be graded; the errors are above. What was graded stands, and the rest costs no points")
}

// newLab returns a lab that is ready for use and reports to a meter.
func newLab(ctx context.Context, k kata.Kata, effort check.Effort, m *meter) (*check.Lab, error) {
	lab := emptyLab(k, effort)
	lab.Doing, lab.Progress = m.doing, m.step
	return lab, equip(ctx, lab)
}

// emptyLab is a lab without a toolchain.
func emptyLab(k kata.Kata, effort check.Effort) *check.Lab {
	var busy []string
	if self, err := os.Executable(); err == nil {
		busy = []string{self, "busy"}
	}
	lab := check.NewLab(k, nil, effort, runtime.NumCPU(), busy)
	lab.Secret = secret()
	return lab
}

// equip finds the toolchain, and makes sure that everything needed is there and can be
// built.
func equip(ctx context.Context, lab *check.Lab) (err error) {
	if lab.Toolchain, err = build.FindToolchain(ctx, lab.Kata.Root); err != nil {
		return err
	}
	if err := lab.Toolchain.CheckCompiler(); err != nil {
		return err
	}
	if err := lab.Fetch(ctx); err != nil {
		return err
	}
	lab.Protection, err = probe(ctx)
	lab.Protection = withGo(lab.Protection, lab.Toolchain.Version)
	return err
}

// withGo returns a protection under a version of Go. A version whose race detector was
// not tested with the litmus suite may miss a race that takes over a process.
func withGo(p sandbox.Protection, version string) sandbox.Protection {
	if version == submission.TestedGo || strings.HasPrefix(version, submission.TestedGo+".") {
		return p
	}
	p.Missing = append(slices.Clone(p.Missing), version+" has not been through the litmus suite of "+submission.TestedGo+" (go test ./grader/internal/submission -run TestLitmus)")
	if p.Level == sandbox.Full {
		p.Level = sandbox.Partial
	}
	return p
}

// secretVariable names the environment variable with the instructor's secret.
const secretVariable = "HEISENKATA_SECRET"

// secret removes the secret from the environment, since programs that the grader
// starts do not need it.
var secret = sync.OnceValue(func() string {
	text := os.Getenv(secretVariable)
	_ = os.Unsetenv(secretVariable) // until then some go commands have it in their environment
	return text
})

// probe finds out how well this machine is protected. If that fails, it is
// not protected.
func probe(ctx context.Context) (sandbox.Protection, error) {
	p, err := run.Probe(ctx)
	if err != nil && ctx.Err() == nil {
		return sandbox.Protection{Level: sandbox.None, Missing: []string{err.Error()}}, nil
	}
	return p, err
}

func protection(p sandbox.Protection) evidence.Protection {
	return evidence.Protection{Level: string(p.Level), Explanation: p.Explain(), Missing: p.Missing}
}

// gradeAll grades exercises concurrently and returns their grades in order. Each is
// recorded as soon as it is there.
func (a *app) gradeAll(lab *check.Lab, exercises []kata.Exercise, submission string, kept *recorder) []grade.Exercise {
	grades := make([]grade.Exercise, len(exercises))
	places := make(chan struct{}, 4*runtime.NumCPU()) // most of them wait for a processor or sleep
	var group sync.WaitGroup
	for i, e := range exercises {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			grades[i] = gradeAndKeep(a.ctx, lab, e, submission, kept)
		})
	}
	group.Wait()
	return grades
}

// gradeAndKeep grades one exercise, unless its grade is known, and records its points.
func gradeAndKeep(ctx context.Context, lab *check.Lab, e kata.Exercise, submission string, kept *recorder) grade.Exercise {
	code := current(submission, e).tokens
	key := kept.grades.key(e, submission)
	g, ok := kept.grades.recall(key)
	if ok {
		for _, t := range e.Tests {
			lab.Progress(e.ID, t.Name, "")
		}
	} else {
		g = gradeOne(ctx, lab, e, submission)
		kept.grades.keep(e, submission, key, g)
	}
	kept.record(g, code)
	return g
}

// gradeOne grades one exercise. If the grader itself fails, the grade is an error, and
// not zero points.
func gradeOne(ctx context.Context, lab *check.Lab, e kata.Exercise, submission string) grade.Exercise {
	bench, err := lab.Prepare(ctx, e, submission, e.Dir)
	if err != nil {
		return ungraded(ctx, e, err)
	}
	results, err := bench.Run(ctx)
	if err = errors.Join(err, bench.Close()); err != nil {
		return ungraded(ctx, e, err)
	}
	return grade.Score(e, results.Whole, results.Tests)
}

// errUnfinished is the error of a grading that was interrupted.
var errUnfinished = errors.New("interrupted before it was done; grade it again")

// ungraded is the grade of an exercise that was interrupted or for which the grader
// itself failed.
func ungraded(ctx context.Context, e kata.Exercise, err error) grade.Exercise {
	if ctx.Err() != nil {
		err = errUnfinished
	}
	return grade.Failed(e, err)
}

// look returns how to format the report on standard output.
func (a *app) look(k kata.Kata, r grade.Report, all bool) report.Options {
	o := report.Options{All: all, Grader: a.caller.call(), Next: following(k, r)}
	o.Next.Dir = a.caller.pathFrom(k.Root, o.Next.Dir)
	o.Width, o.Height = screen(a.stdout)
	return o
}

// following returns the exercise to continue with: the first one after those just
// graded that is not done yet, or else the first of all that is not.
func following(k kata.Kata, r grade.Report) (next kata.Exercise) {
	reached, _ := recorded(k.Root)
	after := false
	for _, e := range k.Exercises {
		open := !done(e, reached[e.ID])
		switch {
		case len(r.Exercises) > 0 && e.ID == r.Exercises[len(r.Exercises)-1].ID:
			after = true
		case open && after:
			return e
		case open && next.ID == "":
			next = e
		}
	}
	return next
}

// writeReports writes every report. If one cannot be written, it continues with the others.
func (a *app) writeReports(targets []target, r grade.Report, o report.Options) error {
	return a.writeTargets(targets, func(w io.Writer, t target) error {
		look := o
		if t.file != "" {
			look = report.Options{All: o.All, Sources: o.Sources} // not for a terminal
		}
		return report.Formats[t.format](w, a.addressed(t, r), look)
	})
}

// addressed returns a report whose paths and go commands work where it is read: the
// one on the screen is read here, files may be read elsewhere.
func (a *app) addressed(t target, r grade.Report) grade.Report {
	if t.format != "terminal" || t.file != "" {
		return r
	}
	return harmless.Copy(r, func(field, text string) string {
		switch field {
		case "Replay":
			return a.caller.goCommand(text)
		case "Dir":
			return a.caller.path(text)
		}
		return text
	})
}
