package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"

	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/report"
	"heisenkata/grader/internal/submission"
	"heisenkata/grader/internal/watch"
)

type watchCommand struct {
	Exercise string        `arg:"" optional:"" help:"An id or a path; the exercise whose folder you are in, or else the next one, if you name none."`
	Effort   string        `enum:"quick,normal,thorough" default:"normal" help:"How much evidence to gather: ${enum}."`
	Poll     time.Duration `default:"1s" placeholder:"DURATION" help:"How often to look at the files, for file systems that report no changes: ${default} unless given; 0s is never."`
}

// Run shows one exercise on the whole terminal, and grades it at every save.
func (c *watchCommand) Run(a *app) error {
	if c.Poll < 0 {
		return usageError{errors.New("--poll: want 0s or more")}
	}
	e, submission, err := a.meant(c.Exercise, a.nextOf)
	if err != nil {
		return err
	}
	if !a.onTerminal() {
		return usageError{errors.New("watch needs a terminal, for its input and its output; to grade once: `" + a.caller.call("run", e.ID) + "`")}
	}
	k, _, err := a.trees()
	if err != nil {
		return err
	}
	ctx, stop := untilHungUp(a.ctx)
	defer stop()
	a.ctx = ctx
	w := &watching{app: a, kata: k, submission: submission, effort: check.Effort(c.Effort), poll: c.Poll}
	if err := watch.Run(ctx, w.session(e), os.Stdin, a.stdout); err != nil {
		return err
	}
	return ctx.Err()
}

// onTerminal reports whether the grader reads from a terminal and writes to one that
// can move its cursor.
func (a *app) onTerminal() bool {
	out, ok := a.stdout.(*os.File)
	return ok && term.IsTerminal(out.Fd()) && term.IsTerminal(os.Stdin.Fd()) && os.Getenv("TERM") != "dumb"
}

// untilHungUp also ends the context when the terminal goes away.
func untilHungUp(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		select {
		case s := <-hangups:
			cancel(Interruption{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(hangups); cancel(nil) }
}

// watching is what the watch screen needs of the grader.
type watching struct {
	*app
	kata       kata.Kata
	submission string
	effort     check.Effort
	poll       time.Duration
	lab        *check.Lab // nil until there is one
	feed       *feed      // of the grading that is under way
}

func (w *watching) session(first kata.Exercise) watch.Session {
	return watch.Session{
		Exercises: w.kata.Exercises, First: first,
		Grade: w.grade, Changes: w.changes, Report: w.report, About: w.about, Hint: w.hint, Standings: w.standings,
		Next: func(r grade.Report) kata.Exercise { return following(w.kata, r) },
	}
}

// grade grades one exercise. The first call also sets up the lab, which all gradings
// share; if that fails, the next call tries again.
func (w *watching) grade(ctx context.Context, e kata.Exercise, tell func(watch.Progress)) (grade.Report, error) {
	start := time.Now()
	r := ungradedReport(w.kata, w.submission, string(w.effort))
	w.feed = newFeed(e, r, tell)
	if w.lab == nil {
		lab := emptyLab(w.kata, w.effort)
		lab.Doing = func(what string) { w.feed.doing(what) }
		lab.Tested = func(_, test string, checks []evidence.Check) { w.feed.tested(test, checks) }
		if err := equip(ctx, lab); err != nil {
			return r, err
		}
		w.lab = lab
	}
	r.Go, r.Protection = w.lab.Toolchain.Version, protection(w.lab.Protection)
	w.feed.report.Go, w.feed.report.Protection = r.Go, r.Protection
	w.feed.doing("compiling and testing")
	kept := recorderOf(w.kata, r)
	kept.grades = gradesOf(w.lab, r, true)
	r.Exercises = []grade.Exercise{gradeAndKeep(ctx, w.lab, e, w.submission, kept)}
	r.Notes = append(r.Notes, kept.notes...)
	r.Seconds = time.Since(start).Seconds()
	return grade.Sum(r), nil
}

// changes watches the files that the learner may change.
func (w *watching) changes(ctx context.Context, e kata.Exercise) <-chan struct{} {
	var folders []string
	for _, name := range e.Files {
		folder := filepath.Join(w.submission, filepath.FromSlash(e.Dir), filepath.Dir(filepath.FromSlash(name)))
		if !slices.Contains(folders, folder) {
			folders = append(folders, folder)
		}
	}
	files := watch.Files{Folders: folders, Poll: w.poll, Mark: func() string { return mark(w.submission, e) }}
	return files.Changes(ctx)
}

// mark returns a value that differs when the grader would read something else of an
// exercise's files.
func mark(root string, e kata.Exercise) string {
	s, err := submission.Read(root, e, e.Dir)
	if err != nil {
		return err.Error()
	}
	return s.Hash()
}

func (w *watching) report(r grade.Report, look watch.Look) string {
	var text strings.Builder
	look.Next.Dir = w.caller.pathFrom(w.kata.Root, look.Next.Dir)
	o := report.Options{Width: look.Columns, Height: look.Rows, All: look.All, Keys: true, Grader: w.caller.call(), Next: look.Next}
	if err := report.Formats["terminal"](&text, w.addressed(target{format: "terminal"}, r), o); err != nil {
		return err.Error()
	}
	return text.String()
}

// about introduces an exercise before its first grade.
func (w *watching) about(e kata.Exercise, look watch.Look) string {
	p := pageOf(look)
	p.line(bold.Render(e.Title))
	p.prose("", e.Summary, plain)
	p.line()
	p.do("read", w.caller.path(e.Dir+"/README.md"))
	for _, f := range e.Files {
		p.do("edit", w.caller.path(e.Dir+"/"+f))
	}
	p.line()
	p.prose("", "It is graded whenever you save.", faint)
	return harmless.Uncommanding(p.String())
}

func (w *watching) hint(e kata.Exercise, number int, look watch.Look) string {
	p := pageOf(look)
	p.hint(e, number)
	if number == len(e.Hints) {
		p.answer(w.caller, e)
	}
	return harmless.Uncommanding(p.String())
}

func pageOf(look watch.Look) *page { return &page{columns: min(look.Columns, proseColumns)} }

// standings returns the best results so far, as `list` shows them.
func (w *watching) standings() (all []watch.Standing) {
	reached, _ := recorded(w.submission)
	for _, e := range w.kata.Exercises {
		s := standing{Entry: reached[e.ID]}
		_, s.graded = reached[e.ID]
		all = append(all, watch.Standing{Points: strings.TrimSpace(s.points(e)), Done: done(e, s.Entry)})
	}
	return all
}
