package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	htmlpage "heisenkata/grader/internal/page"
)

// buildFlags are the flags of all that builds tests to explore.
type buildFlags struct {
	Tags  string   `placeholder:"TAGS" help:"Build tags, as for go test."`
	Short bool     `help:"Tell the tests to be short, as go test -short does."`
	Args  []string `sep:"none" name:"args" placeholder:"ARG" help:"An argument for the tests themselves, as after go test -args: --args=-slow. May be repeated."`
	Race  bool     `negatable:"" default:"true" help:"Look for data races too. This needs a C compiler."`
}

// exploreFlags are the flags of explore and replay.
type exploreFlags struct {
	buildFlags
	Format []string `sep:"none" placeholder:"NAME[=FILE]" help:"terminal (the default), github, html, json, junit, markdown or test2json, to standard output or to a file. May be repeated. If all go to files, terminal is written, too."`
}

type exploreCommand struct {
	Packages      []string `arg:"" optional:"" name:"package" help:"Ids of exercises, or packages as go test names them, such as ./...; the package in the current folder if you name none."`
	Tests         string   `name:"run" placeholder:"REGEX" help:"Only tests whose names match; after a slash, subtests, as for go test."`
	Seed          uint64   `default:"1" help:"Which schedules to sample. The same seed runs the same ones."`
	Budget        string   `default:"1000,10s" placeholder:"N,TIME" help:"How many schedules to try, and for how long, for each test: a number, a duration, or both."`
	Exhaustive    bool     `help:"Do not sample: try every different interleaving; if half of the budget is too little for that, every schedule with no delay, with one, up to --delays."`
	EarlyTimeouts bool     `help:"Report failures that follow a timeout which fired while goroutines could still run, as on a very slow machine. By default the report only says how many there are."`
	Delays        int      `default:"2" help:"With --exhaustive: the most delays."`
	Leaks         string   `enum:"test,all,off" default:"test" placeholder:"test" help:"Whether goroutines that a test leaves behind are a finding: test (the default), off, or all, even those that goleak is told to ignore or that package initialisation starts. Other findings are shown first."`
	exploreFlags
}

// Run explores packages and writes what was found.
func (c *exploreCommand) Run(a *app) error {
	o, err := c.options()
	if err != nil {
		return err
	}
	return a.explore(o, c.Packages, c.Format, c.again())
}

// chosen splits what --run is given, as go test does: a pattern for tests, and after
// each slash one for their subtests.
func chosen(text string) (tests *regexp.Regexp, subs []string, err error) {
	parts := splitAt(text, '/')
	if len(parts) > 1 && len(splitAt(text, '|')) > 1 {
		return nil, nil, errors.New("alternatives of whole paths are not supported; write TestA/(x|y), or call once for each")
	}
	for _, p := range parts {
		if _, err := regexp.Compile(p); err != nil {
			return nil, nil, err
		}
	}
	return regexp.MustCompile(parts[0]), parts[1:], nil
}

// splitAt splits a pattern at a character, except in brackets.
func splitAt(text string, at byte) (parts []string) {
	brackets, parens, begin := 0, 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '[':
			brackets++
		case c == ']' && brackets > 0:
			brackets--
		case c == '(' && brackets == 0:
			parens++
		case c == ')' && brackets == 0 && parens > 0:
			parens--
		case c == at && brackets == 0 && parens == 0:
			parts = append(parts, text[begin:i])
			begin = i + 1
		}
	}
	return append(parts, text[begin:])
}

func (c *exploreCommand) options() (explore.Options, error) {
	o := c.exploreFlags.options()
	o.Seed, o.Exhaustive, o.Delays, o.EarlyTimeouts = c.Seed, c.Exhaustive, c.Delays, c.EarlyTimeouts
	o.Leaks = explore.Leaks(c.Leaks)
	var err error
	if o.Run, o.Subs, err = chosen(c.Tests); err != nil {
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

// again are the flags without which a replay would build or run something else.
func (f buildFlags) again() (flags []string) {
	if f.Tags != "" {
		flags = append(flags, "--tags="+f.Tags)
	}
	if f.Short {
		flags = append(flags, "--short")
	}
	for _, arg := range f.Args {
		flags = append(flags, "--args="+arg)
	}
	if !f.Race {
		flags = append(flags, "--no-race")
	}
	return flags
}

func (f buildFlags) options() explore.Options {
	o := explore.Options{Env: os.Environ(), Tags: f.Tags, Race: f.Race, Budget: explore.Normal, Processors: runtime.NumCPU()}
	if f.Short {
		o.TestArgs = []string{"-test.short"}
	}
	o.TestArgs = append(o.TestArgs, f.Args...)
	return o
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

// explore carries out an exploration or a replay of the packages named, or of the
// one in the current folder.
func (a *app) explore(o explore.Options, packages, formats, again []string) error {
	targets, err := targetsOf(formats, exploreFormats)
	if err != nil {
		return err
	}
	r, o, err := a.exploration(o, packages, again)
	if err != nil && a.ctx.Err() == nil {
		return exploreError(err)
	}
	if a.ctx.Err() == nil {
		return errors.Join(exploreVerdict(r, o.Run, true), a.writeExplored(targets, r, sourcesOf(o)))
	}
	if !slices.ContainsFunc(r.Packages, func(p explored.Package) bool { return len(p.Tests) > 0 }) {
		return interrupted{" before any test was explored; to start again, use the same command"}
	}
	return errors.Join(interrupted{"; what was explored before is above"}, a.writeExplored(targets, r, sourcesOf(o)))
}

// exploration explores the packages named, or the one in the current folder, with a meter.
// The options it returns say which folder they are in.
func (a *app) exploration(o explore.Options, packages, again []string) (r explored.Report, _ explore.Options, err error) {
	if len(packages) == 0 {
		packages = []string{"."}
	}
	m, err := a.packages(packages)
	if err != nil {
		return r, o, err
	}
	m.of(&o)
	r, err = a.metered(a.ctx, o)
	r.Again.Flags = again
	return r, o, err
}

// metered explores, and shows how far it is.
func (a *app) metered(ctx context.Context, o explore.Options) (explored.Report, error) {
	m, found := startMeter(a.stderr, 0), o.Found
	defer m.clear()
	o.Found = func(pkg string, t explored.Test) {
		m.step(pkg, t.Name, "")
		if found != nil {
			found(pkg, t)
		}
	}
	return explore.Explore(ctx, o)
}

// writeExplored writes every report.
func (a *app) writeExplored(targets []target, r explored.Report, sources sources) error {
	return a.writeTargets(targets, func(w io.Writer, t target) error {
		return exploreFormats[t.format](w, a.addressedExplored(t, r), sources)
	})
}

// addressedExplored is a report with the commands that its readers can use. The
// screen is read here. All else is kept, and read at the root of a checkout, or
// where the grader is installed.
func (a *app) addressedExplored(t target, r explored.Report) explored.Report {
	if t.format == "json" {
		return r
	}
	r.Packages = slices.Clone(r.Packages)
	ours := 0
	k, _, err := a.trees()
	for i, p := range r.Packages {
		folder, inModule := strings.CutPrefix(p.Package, "heisenkata/")
		if e, findErr := k.Find(folder); err == nil && inModule && findErr == nil && e.Dir == folder {
			r.Packages[i].Dir = e.ID
			ours++
		}
	}
	switch {
	case t.format == "terminal" && t.file == "":
		r.Again.Grader = a.caller.call()
	case ours == len(r.Packages):
		r.Again.Grader = standingCall
	}
	return r
}

// exploreError tells what the caller can change from what the grader cannot do.
func exploreError(err error) error {
	for _, usage := range []error{explore.ErrNoPackage, explore.ErrNoGo, explore.ErrOldGo, explore.ErrNoCompiler, explore.ErrNoCgo, explore.ErrNoModule} {
		if errors.Is(err, usage) {
			return usageError{err}
		}
	}
	return err
}

// exploreVerdict is the exit code's error: a finding falls short. A package that does
// not build or is not there is the caller's to change, and so is a report in which
// nothing could be explored, which is no answer at all. The reasons are only in the report, if that has been shown.
func exploreVerdict(r explored.Report, asked *regexp.Regexp, shown bool) error {
	tests, explorable, unexplorable := 0, 0, 0
	reason, broken := "", ""
	for _, p := range r.Packages {
		if p.Reason != "" {
			reason = ": " + p.Package + ": " + p.Reason
		}
		if p.Reason != "" && shown {
			reason = "; the reasons are above"
		}
		if p.Broken && broken == "" {
			broken = reason
		}
		for _, t := range p.Tests {
			tests++
			if t.Verdict.Found() {
				return errFellShort
			}
			switch t.Verdict {
			case explored.Unexplorable:
				unexplorable++
			case explored.Skipped: // as under go test
			default:
				explorable++
			}
		}
	}
	switch {
	case tests == 0 && cmp.Or(broken, reason) != "":
		return usageError{fmt.Errorf("nothing was explored%s", cmp.Or(broken, reason))}
	case broken != "":
		return usageError{fmt.Errorf("some of what you asked for was not explored%s", broken)}
	case tests == 0:
		return usageError{fmt.Errorf("nothing was explored: %s", unmatched(r, asked))}
	case explorable == 0 && unexplorable > 0:
		return usageError{errors.New("nothing could be explored; the reasons are above")}
	}
	return nil
}

// maxNamed is how many tests an error names.
const maxNamed = 5

// unmatched says why no test of a report has run, although all packages build.
func unmatched(r explored.Report, asked *regexp.Regexp) string {
	names := r.Unchosen
	if len(names) == 0 || asked == nil {
		return r.Untested()
	}
	there := strings.Join(names[:min(len(names), maxNamed)], ", ")
	if more := len(names) - maxNamed; more > 0 {
		there += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("no test %s; there are: %s", wanted(asked), there)
}

// wanted says which name was asked for: one, or those that match a pattern.
func wanted(asked *regexp.Regexp) string {
	name := strings.TrimSuffix(strings.TrimPrefix(asked.String(), "^"), "$")
	if asked.String() == "^"+regexp.QuoteMeta(name)+"$" {
		return "is named " + name
	}
	return "has a name that matches " + asked.String()
}

// exploreFormat writes a report. Only HTML shows more of the sources than the lines that
// the report has.
type exploreFormat func(io.Writer, explored.Report, sources) error

func withoutSources(write func(io.Writer, explored.Report) error) exploreFormat {
	return func(w io.Writer, r explored.Report, _ sources) error { return write(w, r) }
}

var exploreFormats = map[string]exploreFormat{
	"terminal": withoutSources(writeScreen), "json": withoutSources(explored.WriteJSON), "markdown": withoutSources(explored.WriteMarkdown),
	"junit": withoutSources(explored.WriteJUnit), "test2json": withoutSources(explored.WriteTest2JSON), "github": withoutSources(explored.WriteGitHub),
	"html": writeExploredPage,
}

func writeExploredPage(w io.Writer, r explored.Report, from sources) error {
	d := htmlpage.Explored(r)
	d.Sources = from
	return htmlpage.Write(w, d)
}

// writeScreen writes for the terminal that the command runs on. Colours are
// taken out again where they are not wanted, as in all that is shown.
func writeScreen(w io.Writer, r explored.Report) error {
	return explored.WriteTerminal(w, r, explored.Options{Width: cmp.Or(width(os.Stdout), 100), Color: true})
}

type replayCommand struct {
	Package  string `arg:"" optional:"" help:"An exercise's id, or a package as for explore; the package in the current folder if you name none."`
	Schedule string `arg:"" optional:"" help:"The whole word that a finding shows: TestName@…"`
	Times    int    `default:"1" help:"How often to run it."`
	Test     bool   `help:"Print a patch instead, with a test that forces this order without the grader, by go test."`
	exploreFlags
}

// Run replays one schedule of one test.
func (c *replayCommand) Run(a *app) error {
	packages, whole := []string{c.Package}, c.Schedule
	if whole == "" { // only a schedule has this sign
		packages, whole = nil, c.Package
	}
	at := max(0, strings.LastIndex(whole, "@"))
	test, subs, _ := strings.Cut(whole[:at], "/")
	schedule := strings.TrimPrefix(whole[at:], "@")
	if test == "" || schedule == "" {
		return usageError{fmt.Errorf("%q is not a schedule; copy the whole word from a finding: TestName@…", whole)}
	}
	if err := explore.CheckSchedule(schedule); err != nil {
		return usageError{err}
	}
	if c.Times < 1 {
		return usageError{fmt.Errorf("--times %d: want 1 or more", c.Times)}
	}
	o := c.options()
	o.Run = regexp.MustCompile("^" + regexp.QuoteMeta(test) + "$")
	if subs != "" {
		var err error
		if _, o.Subs, err = chosen("/" + subs); err != nil {
			return usageError{fmt.Errorf("the schedule's test: %w", err)}
		}
	}
	o.Schedule, o.Times, o.Budget.Time = schedule, c.Times, time.Hour
	if c.Test {
		return c.force(a, o, packages)
	}
	return a.explore(o, packages, c.Format, c.again())
}
