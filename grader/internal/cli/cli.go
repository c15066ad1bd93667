// Package cli is the grader's command line: commands, flags, exit codes. It
// wires the other packages together and decides nothing about a fix.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/alecthomas/kong"

	"heisenkata/grader/internal/harmless"
)

// The exit codes.
const (
	Passed    = 0   // everything passed
	FellShort = 1   // the learner's code, or the curriculum, fell short
	Usage     = 2   // the call cannot be carried out as it stands
	Broke     = 3   // the grader itself could not do its work
	Signalled = 128 // plus the number of the signal that stopped it: 130 for Ctrl-C
)

// commands is the command line, as parsed by kong.
type commands struct {
	Kata       string `placeholder:"DIR" help:"The official exercises: tests, manifests, go.mod. Default: the checkout you are in."`
	Submission string `placeholder:"DIR" help:"The checkout to grade. Only the files that a manifest names are taken from it. Default: the official exercises."`

	Status   statusCommand   `cmd:"" default:"1" help:"Show where you are and what is next. This is the default."`
	List     listCommand     `cmd:"" help:"List the exercises and your best points."`
	Run      runCommand      `cmd:"" help:"Grade one exercise, the next one if you name none, and show what was found."`
	Watch    watchCommand    `cmd:"" help:"Show one exercise on the whole terminal, and grade it whenever you save. Leaving it exits with 0."`
	Grade    gradeCommand    `cmd:"" help:"Grade all exercises, or those you name."`
	Hint     hintCommand     `cmd:"" help:"Show a hint. There are three, from a question to almost the answer."`
	Reset    resetCommand    `cmd:"" help:"Restore the starter. Your version is kept next to it."`
	Solution solutionCommand `cmd:"" help:"Show the model fix, why it is right, and the real bugs behind it."`
	Verify   verifyCommand   `cmd:"" help:"For authors: prove that the exercises catch every wrong fix and pass every right one."`
	Explore  exploreCommand  `cmd:"" help:"Run the tests of any Go package under many schedules, and show one that breaks them."`
	Play     playCommand     `cmd:"" help:"Be the scheduler: choose at each step which goroutine of a test runs next."`
	Profile  profileCommand  `cmd:"" help:"Measure how often a test fails by itself: by processors, load, race detector, logging and the other tests."`
	Explain  explainCommand  `cmd:"" help:"Show one interleaving that breaks an exercise, step by step, or as a web page."`
	Replay   replayCommand   `cmd:"" help:"Run one schedule of one test again, step by step."`
	Version  versionCommand  `cmd:"" help:"Show which grader this is."`
	Busy     busyCommand     `cmd:"" hidden:"" help:"Keep one processor busy until killed."`
}

// app is what all commands share.
type app struct {
	ctx            context.Context
	stdout, stderr io.Writer
	flags          *commands
	caller         caller
	gradesAll      bool // no exercise was named
	runsOne        bool // by the command run
}

// usageError is a call that cannot be carried out as it stands.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errFellShort ends a command that did its work, with a negative result.
var errFellShort = errors.New("fell short")

const description = "Grades your fixes of concurrency exercises.\n\n" +
	"An EXERCISE is an id, such as hit-counter, or a path. In an exercise's folder, it is that exercise unless you name another.\n\n" +
	"Exit codes: 0 passed, 1 fell short, 2 usage, 3 the grader itself broke, 130 interrupted, 143 terminated."

// helped turns `help` and `help COMMAND`, which many programs have, into the flag.
func helped(args []string) []string {
	if len(args) > 0 && args[0] == "help" {
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// explained adds to an error in a call what it may be about.
func explained(err error) error {
	var wrong *kong.ParseError
	if !errors.As(err, &wrong) || wrong.Context == nil || !strings.HasPrefix(err.Error(), "unexpected argument") {
		return err
	}
	command := wrong.Context.Selected()
	if command == nil || command.Name == "status" { // the default
		return errors.New(strings.Replace(err.Error(), "unexpected argument", "there is no command", 1))
	}
	if slices.ContainsFunc(command.Positional, func(p *kong.Positional) bool { return p.IsCumulative() }) {
		return fmt.Errorf("%w: names stand together, before the flags or after them", err)
	}
	if command.Name == "run" {
		return fmt.Errorf("%w: `run` takes one exercise, `grade` several", err)
	}
	return fmt.Errorf("%w after `%s`", err, strings.TrimSuffix(command.Summary(), " [flags]"))
}

// Run executes one call of the grader and returns its exit code.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var flags commands
	left := -1
	parser, err := kong.New(&flags,
		kong.Name("grader"),
		kong.Description(description),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { left = code }),
		kong.UsageOnError(),
	)
	if err != nil {
		complain(stderr, "grader", err)
		return Broke
	}
	call, err := parser.Parse(withNegatives(doubled(helped(args))))
	if left >= 0 { // --help was printed
		return left
	}
	if err != nil {
		between := ";"
		if strings.HasSuffix(err.Error(), "?") { // such as "did you mean …?"
			between = ""
		}
		complain(stderr, "grader", fmt.Errorf("%w%s `%s` shows the commands", explained(err), between, thisCall().call("--help")))
		return Usage
	}
	a := &app{ctx: ctx, stdout: stdout, stderr: stderr, flags: &flags, caller: thisCall()}
	a.caller.flags = flags.trees()
	return a.exitCode(call.Run(a))
}

// doubled writes -run as --run: Go's own tools take both, and here no letter is a flag but -h.
func doubled(args []string) []string {
	args = slices.Clone(args)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if singleDash.MatchString(arg) {
			args[i] = "-" + arg
		}
	}
	return args
}

var singleDash = regexp.MustCompile(`^-[a-z][a-z-]+(=|$)`)

// withNegatives writes "--delays -1" as "--delays=-1", so that the command itself says what
// it wants: else -1 would be taken for a short flag, of which there is none.
func withNegatives(args []string) (joined []string) {
	for i, arg := range args {
		if arg == "--" {
			return append(joined, args[i:]...)
		}
		last := len(joined) - 1
		if negative.MatchString(arg) && last >= 0 && strings.HasPrefix(joined[last], "--") && !strings.Contains(joined[last], "=") {
			joined[last] += "=" + arg
			continue
		}
		joined = append(joined, arg)
	}
	return joined
}

var negative = regexp.MustCompile(`^-[0-9]`)

// trees returns the flags that chose the checkouts, as they were given.
func (c *commands) trees() (given string) {
	if c.Kata != "" {
		given += " --kata " + shellWord(c.Kata)
	}
	if c.Submission != "" {
		given += " --submission " + shellWord(c.Submission)
	}
	return given
}

// exitCode prints an error and returns its exit code.
func (a *app) exitCode(err error) int {
	if told, code, yes := a.interruption(err); yes {
		complain(a.stderr, "grader", told)
		return code
	}
	var usage usageError
	fell := errors.Is(err, errFellShort)
	err = besidesVerdict(err)
	switch {
	case err == nil && fell:
		return FellShort
	case err == nil:
		return Passed
	case errors.As(err, &usage):
		complain(a.stderr, "grader", err)
		return Usage
	}
	complain(a.stderr, "grader error", err)
	return Broke
}

// besidesVerdict is what went wrong beside the code's falling short, such as a report that
// could not be written.
func besidesVerdict(err error) error {
	if !errors.Is(err, errFellShort) {
		return err
	}
	var rest []error
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, part := range joined.Unwrap() {
			rest = append(rest, besidesVerdict(part))
		}
	}
	return errors.Join(rest...)
}

// complaintLimit limits how much of an error is printed.
var complaintLimit = harmless.Limit{Lines: 200, Length: 16 << 10}

// complain prints an error. It may quote a compiler or names that a learner chose, so
// all lines but the first are indented: none can pass for the grader's own.
func complain(stderr io.Writer, who string, err error) {
	text := complaintLimit.Of(who + ": " + err.Error())
	if terminal := width(stderr); terminal > len(indent) {
		text = broken(text, terminal-len(indent))
	}
	fmt.Fprintln(stderr, strings.ReplaceAll(text, "\n", "\n"+indent))
}

// show writes text without colours. Some of it comes from files.
func show(w io.Writer, text string) error {
	_, err := io.WriteString(w, harmless.Text(text))
	return err
}

// paint writes a report, which is already harmless, in colour if w
// is a terminal.
func paint(w io.Writer, text string) error {
	_, err := lipgloss.Fprint(w, text)
	return err
}
