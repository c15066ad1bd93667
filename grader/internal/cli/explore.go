package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
)

// exploreFlags are the flags of all that explores.
type exploreFlags struct {
	Tags   string   `placeholder:"TAGS" help:"Build tags, as for go test."`
	Race   bool     `negatable:"" default:"true" help:"Look for data races too, which needs a C compiler."`
	Format []string `sep:"none" placeholder:"NAME[=FILE]" help:"terminal (the default), json, markdown; to a file or to standard output. May be given several times."`
}

type exploreCommand struct {
	Packages      []string `arg:"" optional:"" name:"package" help:"Packages as go test names them, such as ./...; the one in the current folder if none is named."`
	Tests         string   `name:"run" placeholder:"REGEX" help:"Only tests whose names match."`
	Seed          uint64   `default:"1" help:"Where the sampled schedules begin; the same seed runs the same ones."`
	Budget        string   `default:"1000,10s" placeholder:"N,TIME" help:"How many schedules, and how long, for each test: a number, a duration, or both."`
	Exhaustive    bool     `help:"Try every schedule with no delay, with one, and so on up to --delays, instead of sampling."`
	EarlyTimeouts bool     `help:"Count what a test fails by after a timeout that fired while goroutines could run, as on a very slow machine. Without it such failures are set aside, and counted."`
	Delays        int      `default:"2" help:"With --exhaustive: the most delays."`
	exploreFlags
}

// Run explores packages and writes what was found.
func (c *exploreCommand) Run(a *app) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	return a.explore(o, c.Format)
}

func (c *exploreCommand) options() (explore.Options, error) {
	o := c.exploreFlags.options(c.Packages)
	o.Seed, o.Exhaustive, o.Delays, o.EarlyTimeouts = c.Seed, c.Exhaustive, c.Delays, c.EarlyTimeouts
	var err error
	if o.Run, err = regexp.Compile(c.Tests); err != nil {
		return o, usageError{fmt.Errorf("--run: %w", err)}
	}
	if o.Budget, err = parseBudget(c.Budget); err != nil {
		return o, usageError{err}
	}
	if c.Delays < 0 {
		return o, usageError{fmt.Errorf("--delays %d: want 0 or more", c.Delays)}
	}
	return o, nil
}

func (f exploreFlags) options(packages []string) explore.Options {
	if len(packages) == 0 {
		packages = []string{"."}
	}
	return explore.Options{Dir: ".", Env: os.Environ(), Patterns: packages, Tags: f.Tags, Race: f.Race, Budget: explore.Normal, Processors: runtime.NumCPU()}
}

// parseBudget reads "1000", "10s" or "1000,10s".
func parseBudget(text string) (explore.Budget, error) {
	b := explore.Normal
	parts := strings.Split(text, ",")
	for _, part := range parts {
		var n int
		if _, err := fmt.Sscanf(part, "%d", &n); err == nil && fmt.Sprint(n) == part && n > 0 {
			b.Schedules = n
			if len(parts) == 1 {
				b.Time = time.Hour
			}
		} else if d, err := time.ParseDuration(part); err == nil && d > 0 {
			b.Time = d
			if len(parts) == 1 {
				b.Schedules = 1 << 30
			}
		} else {
			return b, fmt.Errorf("--budget %s: want a number of schedules, a duration such as 30s, or both with a comma between", text)
		}
	}
	return b, nil
}

// explore carries out an exploration or a replay.
func (a *app) explore(o explore.Options, formats []string) error {
	targets, err := exploreTargets(formats)
	if err != nil {
		return err
	}
	m := startMeter(a.stderr, 0)
	o.Found = func(pkg string, t explored.Test) { m.step(pkg, t.Name, "") }
	r, err := explore.Explore(a.ctx, o)
	m.clear()
	if err != nil && !errors.Is(err, context.Canceled) {
		return exploreError(err)
	}
	for _, t := range targets {
		var text bytes.Buffer
		writeErr := exploreFormats[t.format](&text, r)
		if writeErr == nil {
			writeErr = a.deliver(t, text.Bytes())
		}
		if writeErr != nil {
			err = errors.Join(err, fmt.Errorf("writing the %s report: %w", t.format, writeErr))
		}
	}
	verdict := exploreVerdict(r)
	if errors.Is(err, context.Canceled) && errors.Is(verdict, errFellShort) {
		fmt.Fprintln(a.stderr, "grader: interrupted; what was found before is told above")
	}
	return errors.Join(verdict, err)
}

// exploreError tells what the caller can mend from what the grader cannot do.
func exploreError(err error) error {
	for _, usage := range []error{explore.ErrNoPackage} {
		if errors.Is(err, usage) {
			return usageError{err}
		}
	}
	return err
}

// exploreVerdict is the exit code's error: a finding falls short; a report in
// which nothing could be explored is no answer at all.
func exploreVerdict(r explored.Report) error {
	tests, explorable := 0, 0
	reason := ""
	for _, p := range r.Packages {
		if p.Reason != "" {
			reason = p.Package + ": " + p.Reason
		}
		for _, t := range p.Tests {
			tests++
			if t.Verdict.Found() {
				return errFellShort
			}
			if t.Verdict != explored.Unexplorable {
				explorable++
			}
		}
	}
	switch {
	case tests == 0 && reason != "":
		return usageError{fmt.Errorf("nothing was explored: %s", reason)}
	case tests == 0:
		return usageError{errors.New("nothing was explored: no test has such a name")}
	case explorable == 0:
		return errors.New("nothing could be explored; the reasons are above")
	}
	return nil
}

var exploreFormats = map[string]func(io.Writer, explored.Report) error{
	"terminal": writeScreen, "json": explored.WriteJSON, "markdown": explored.WriteMarkdown,
}

// writeScreen writes for the terminal that the command runs on. Colours are
// taken out again where they are not wanted, as in all that is shown.
func writeScreen(w io.Writer, r explored.Report) error {
	width, _, err := term.GetSize(os.Stdout.Fd())
	if err != nil || width < 1 {
		width = 100
	}
	return explored.WriteTerminal(w, r, explored.Options{Width: width, Color: true})
}

func exploreTargets(flags []string) (targets []target, err error) {
	if len(flags) == 0 {
		flags = []string{"terminal"}
	}
	for _, f := range flags {
		name, file, _ := strings.Cut(f, "=")
		if exploreFormats[name] == nil {
			return nil, usageError{fmt.Errorf("there is no format %q; there are terminal, json and markdown", name)}
		}
		targets = append(targets, target{name, file})
	}
	return targets, nil
}

type replayCommand struct {
	Package  string `arg:"" help:"The package, or the exercise's id."`
	Schedule string `arg:"" help:"The schedule, whole, as a finding shows it: TestName@…"`
	Times    int    `default:"1" help:"How often."`
	exploreFlags
}

// Run replays one schedule of one test.
func (c *replayCommand) Run(a *app) error {
	test, schedule, ok := strings.Cut(c.Schedule, "@")
	if !ok || test == "" || schedule == "" {
		return usageError{fmt.Errorf("%q is no schedule of a test; copy it whole from a finding: TestName@…", c.Schedule)}
	}
	if err := explore.CheckSchedule(schedule); err != nil {
		return usageError{err}
	}
	if c.Times < 1 {
		return usageError{fmt.Errorf("--times %d: want 1 or more", c.Times)}
	}
	o := c.options([]string{a.folderOf(c.Package)})
	o.Run = regexp.MustCompile("^" + regexp.QuoteMeta(test) + "$")
	o.Schedule, o.Times, o.Budget.Time = schedule, c.Times, time.Hour
	return a.explore(o, c.Format)
}

// folderOf is the folder of the exercise that a name means, or the name itself.
func (a *app) folderOf(name string) string {
	if e, root, err := a.find(name); err == nil {
		return root + "/" + e.Dir
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() && !strings.HasPrefix(name, ".") && !filepath.IsAbs(name) {
		return "./" + name // as a finding shows it
	}
	return name
}
