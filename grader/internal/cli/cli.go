// Package cli is the grader's command line: commands, flags, exit codes. It
// wires the other packages together and decides nothing about a fix.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/alecthomas/kong"

	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
)

// The exit codes.
const (
	Passed    = 0 // everything passed
	FellShort = 1 // the learner's code, or the curriculum, fell short
	Usage     = 2 // the call cannot be carried out as it stands
	Broke     = 3 // the grader itself could not do its work
)

// commands is the command line, as kong reads it.
type commands struct {
	Kata       string `placeholder:"DIR" help:"The official tree: tests, manifests, go.mod. Default: the checkout you are in."`
	Submission string `placeholder:"DIR" help:"The checkout to grade; only the files that a manifest names are taken from it. Default: the official tree."`

	Status   statusCommand   `cmd:"" default:"1" help:"Where you are and what is next (this is what no command at all does)."`
	List     listCommand     `cmd:"" help:"List the exercises and your points."`
	Run      runCommand      `cmd:"" help:"Grade one exercise and show all that was found."`
	Grade    gradeCommand    `cmd:"" help:"Grade all exercises, or those named."`
	Hint     hintCommand     `cmd:"" help:"Show a hint; there are three, rising from a question to almost the answer."`
	Reset    resetCommand    `cmd:"" help:"Put the starter back; your own version is kept beside it."`
	Solution solutionCommand `cmd:"" help:"Show the model fix and why it is right."`
	Verify   verifyCommand   `cmd:"" help:"For authors: prove that the exercises catch what they should and nothing else."`
	Explore  exploreCommand  `cmd:"" help:"Run the tests of any Go package under many schedules, and show the one that breaks them."`
	Replay   replayCommand   `cmd:"" help:"Run one schedule of one test again, exactly."`
	Busy     busyCommand     `cmd:"" hidden:"" help:"Keep one processor busy until killed."`
}

// app is what every command can use.
type app struct {
	ctx            context.Context
	stdout, stderr io.Writer
	flags          *commands
}

// usageError is a call that cannot be carried out as it stands.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errFellShort ends a command whose work is done and whose answer is no.
var errFellShort = errors.New("fell short")

// Run carries out one call of the grader and returns its exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var flags commands
	left := -1
	parser, err := kong.New(&flags,
		kong.Name("grader"),
		kong.Description("Runs your fixes of concurrency exercises and scores them.\n\nExit codes: 0 passed, 1 fell short, 2 usage, 3 the grader itself broke."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { left = code }),
		kong.UsageOnError(),
	)
	if err != nil {
		complain(stderr, "grader", err)
		return Broke
	}
	call, err := parser.Parse(args)
	if left >= 0 { // --help has been answered
		return left
	}
	if err != nil {
		complain(stderr, "grader", fmt.Errorf("%w; `go run ./grader --help` shows the commands", err))
		return Usage
	}
	a := &app{ctx: ctx, stdout: stdout, stderr: stderr, flags: &flags}
	return exitCode(call.Run(a), stderr)
}

// exitCode tells what an error means for the caller, and tells the caller.
func exitCode(err error, stderr io.Writer) int {
	var usage usageError
	switch {
	case err == nil:
		return Passed
	case errors.Is(err, errFellShort):
		return FellShort
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "grader: interrupted; what is printed above is complete, the rest was not graded; grade again")
		return Broke
	case errors.As(err, &usage):
		complain(stderr, "grader", err)
		return Usage
	}
	complain(stderr, "grader error", err)
	return Broke
}

// complaintLimit bounds what is told of an error.
var complaintLimit = harmless.Limit{Lines: 200, Length: 16 << 10}

// complain tells of an error. It may quote a compiler, or names of a learner's:
// its further lines are indented, so that none looks like the grader's own.
func complain(stderr io.Writer, who string, err error) {
	text := complaintLimit.Of(who + ": " + err.Error())
	fmt.Fprintln(stderr, strings.ReplaceAll(text, "\n", "\n    "))
}

// trees loads the official tree, and says where the submission is.
func (a *app) trees() (k kata.Kata, submission string, err error) {
	root := a.flags.Kata
	if root == "" {
		here, err := os.Getwd()
		if err != nil {
			return k, "", err
		}
		if root, err = kata.FindRoot(here); err != nil {
			return k, "", usageError{err}
		}
	}
	if k, err = kata.Load(root); err != nil {
		if errors.Is(err, kata.ErrNoKata) {
			return k, "", usageError{err}
		}
		return k, "", err
	}
	if a.flags.Submission == "" {
		return k, root, nil
	}
	if info, err := os.Stat(a.flags.Submission); err != nil || !info.IsDir() {
		return k, "", usageError{fmt.Errorf("--submission %s is not a folder; name the learner's checkout", a.flags.Submission)}
	}
	return k, a.flags.Submission, nil
}

// same tells whether two folders are one.
func same(a, b string) bool {
	x, errX := filepath.EvalSymlinks(a)
	y, errY := filepath.EvalSymlinks(b)
	if errX != nil || errY != nil {
		return a == b
	}
	x, _ = filepath.Abs(x)
	y, _ = filepath.Abs(y)
	return x == y
}

// choose returns the exercises named, or all of them.
func choose(k kata.Kata, names []string) ([]kata.Exercise, error) {
	if len(names) == 0 {
		return k.Exercises, k.Broken
	}
	var chosen []kata.Exercise
	for _, name := range names {
		e, err := k.Find(name)
		if err != nil {
			return nil, errors.Join(usageError{err}, k.Broken)
		}
		chosen = append(chosen, e)
	}
	return chosen, nil
}

// find loads the trees and looks up one exercise.
func (a *app) find(name string) (kata.Exercise, string, error) {
	k, root, err := a.trees()
	if err != nil {
		return kata.Exercise{}, "", err
	}
	e, err := k.Find(name)
	if err != nil {
		return e, root, usageError{err}
	}
	return e, root, nil
}

// show writes text for people that has no colours. Some of it is from files.
func show(w io.Writer, text string) error {
	_, err := io.WriteString(w, harmless.Text(text))
	return err
}

// paint writes a report, which is harmless already: with its colours on a
// terminal, without elsewhere.
func paint(w io.Writer, text string) error {
	_, err := lipgloss.Fprint(w, text)
	return err
}
