package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"heisenkata/grader/internal/check"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/report"
)

// Interruption is why a context ended: a signal to stop.
type Interruption struct{ os.Signal }

func (i Interruption) Error() string { return fmt.Sprintf("interrupted (%s)", i.Signal) }

// exitCode is what shells expect of a program that a signal ended.
func (i Interruption) exitCode() int {
	if number, ok := i.Signal.(syscall.Signal); ok {
		return Signalled + int(number)
	}
	return Signalled + int(syscall.SIGINT)
}

// UntilSignalled returns a context that ends at the first signal to stop, with an
// Interruption as its cause.
func UntilSignalled(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			cancel(Interruption{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { signal.Stop(signals); cancel(nil) }
}

// interrupted is what an interrupted command has to say: what it did before, and
// how to go on. It goes on after the word "interrupted".
type interrupted struct{ told string }

func (i interrupted) Error() string { return "interrupted" + i.told }

// interruption reports whether an interruption kept a command from its end, what
// there is to say then, and the exit code. Whatever else failed because of it is
// not worth mentioning.
func (a *app) interruption(err error) (told error, code int, yes bool) {
	var usage usageError
	said := errors.As(err, new(interrupted))
	if err == nil || a.ctx.Err() == nil || !said && (errors.Is(err, errFellShort) || errors.As(err, &usage)) {
		return nil, 0, false
	}
	why := Interruption{os.Interrupt}
	errors.As(context.Cause(a.ctx), &why)
	if !said {
		err = interrupted{"; to start again, use the same command"}
	}
	return err, why.exitCode(), true
}

// unfinished are the ids of the exercises that an interruption left ungraded.
func unfinished(r grade.Report) (ids []string) {
	for _, e := range r.Exercises {
		if e.Error == errUnfinished.Error() {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// writeInterrupted writes what was graded before an interruption. On the screen
// that is all; a file says of the other exercises that they were not graded.
func (a *app) writeInterrupted(targets []target, r grade.Report, look report.Options) error {
	finished := r
	finished.Exercises = slices.DeleteFunc(slices.Clone(r.Exercises), func(e grade.Exercise) bool { return e.Error == errUnfinished.Error() })
	finished = grade.Sum(finished)
	var errs []error
	for _, t := range targets {
		shown := r
		if t.format == "terminal" || t.format == "github" {
			shown = finished
		}
		if len(shown.Exercises) > 0 {
			errs = append(errs, a.writeReports([]target{t}, shown, look))
		}
	}
	return errors.Join(append([]error{interrupted{a.leftBy(r, finished)}}, errs...)...)
}

// leftBy says what was graded before an interruption, and how to go on.
func (a *app) leftBy(r, finished grade.Report) string {
	args := []string{"grade"}
	if a.runsOne {
		args = []string{"run"}
	}
	if left := unfinished(r); !a.gradesAll || len(left) < len(r.Exercises) {
		args = append(args, left...)
	}
	if r.Effort != string(check.Normal) {
		args = append(args, "--effort", r.Effort)
	}
	var points []string
	for _, e := range finished.Exercises {
		if e.Points != nil {
			points = append(points, fmt.Sprintf("%s %d/%d", e.ID, *e.Points, e.MaxPoints))
		}
	}
	if len(points) == 0 {
		return " before any exercise was graded\nto start again: `" + a.caller.call(args...) + "`"
	}
	return fmt.Sprintf(" after %d of %d exercises: %s\nwhat is graded stands; to grade the rest: `%s`",
		len(points), len(r.Exercises), strings.Join(points, ", "), a.caller.call(args...))
}
