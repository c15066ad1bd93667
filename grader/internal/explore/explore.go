package explore

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

// Options say what to explore, and how long.
type Options struct {
	Dir      string   // where patterns are relative to
	Env      []string // of the go command and of the tests; os.Environ() for the caller's own
	Patterns []string
	Run      *regexp.Regexp // names of tests; nil for all
	Test     string         // one test of each package instead, as explored.Choose knows it by its name or a part of it
	Subs     []string       // patterns of the names of subtests, one for each level; where they end all run
	Tags     string
	TestArgs []string // for the test binary, such as -test.short
	Race     bool     // with the race detector, which needs cgo
	Seed     uint64
	Budget   Budget
	// Exhaustive tries every schedule with at most Delays delays instead of
	// sampling.
	Exhaustive bool
	Delays     int
	// Prove tries so, after the sampled schedules, with the tests that pass, if none fails.
	Prove bool
	// EarlyTimeouts counts a test's failure after a timeout that fired although
	// goroutines could run.
	EarlyTimeouts bool
	// Leaks says what becomes of a test that leaves goroutines behind. The zero value
	// ends its exploration there.
	Leaks Leaks
	// Strict counts the processor time of a test, not the time on a busy machine, and
	// gives up no schedule as too long. Programs is where its random numbers begin.
	Strict   bool
	Programs uint64
	// Schedule replays one schedule, Times times, instead of looking for one.
	Schedule   string
	Times      int
	Processors int
	// Own: the module is a copy of the caller's, and its vendor folder may be changed,
	// after which nothing else can be built in it.
	Own bool
	// Overlay names files that are not in Dir's tree, or not as they are to be, and
	// where their text is instead.
	Overlay map[string]string
	// Rewrite are import paths of dependencies that are to be rewritten, too.
	Rewrite []string
	// Settings are what `go env` says, if that is known, and Exports files with what
	// packages export, by import path, as far as they are known.
	Settings, Exports map[string]string
	// Confine, if set, puts a process that explores into a sandbox, in which it may
	// write into the folder of its job. ConfineBuild does so with the go command and
	// the session's folder.
	Confine      func(c *run.Command, dir string)
	ConfineBuild func(c *run.Command, dirs ...string)
	// Spent, if set, is called with what each exploring process has used.
	Spent func(cpu, wall time.Duration)
	// Found, if set, is called for each finished test.
	Found func(pkg string, t explored.Test)
	// Then, if set and there is only one package, is called with what was found in it, as
	// long as the session is there.
	Then func(s *Session, found []explored.Package)
}

// Leaks says what becomes of a test that leaves goroutines behind.
type Leaks = wire.Leaks

// The ways that a caller may choose: LeaksTest looks further, and shows the leak
// beside what it finds, or alone; LeaksAll does not even overlook the goroutines that
// goleak is told to ignore, or that a package's initialisation starts; LeaksOff does
// not report them.
const (
	LeaksTest = wire.LeaksLast
	LeaksAll  = wire.LeaksAll
	LeaksOff  = wire.LeaksOff
)

// Budget bounds the exploration of one test.
type Budget struct {
	Schedules int
	Time      time.Duration
	Steps     int           // of one schedule
	Step      time.Duration // of processor time, for one step; 0 for long enough for tests that compute
}

// Normal is the default budget. Each bug in testdata/bugs is found within 200
// schedules.
var Normal = Budget{Schedules: 1000, Time: 10 * time.Second, Steps: 300_000}

// The errors that the caller can fix.
var (
	ErrNoGo       = errors.New("no Go toolchain: `go` is not on the PATH; install Go 1.25 or later from https://go.dev/dl")
	ErrOldGo      = errors.New("Go 1.25 or later is needed to explore (testing/synctest)")
	ErrNoCompiler = errors.New("no C compiler, which the race detector needs: install gcc, or explore with --no-race")
	ErrNoCgo      = errors.New("the race detector needs cgo, which is off: set CGO_ENABLED=1, or explore with --no-race")
	ErrNoModule   = errors.New("there is no go.mod here or in a folder above: go into your module's folder, or make a module with `go mod init`")
	ErrNoPackage  = errors.New("no package to explore")
)

// Explore explores the tests of the packages that the patterns name. What was
// found before ctx ended is in the report.
func Explore(ctx context.Context, o Options) (explored.Report, error) {
	r := explored.Report{Schema: explored.Schema, Packages: []explored.Package{}}
	s, err := Prepare(ctx, o)
	if err != nil {
		return r, err
	}
	defer s.Close()
	r.Packages, r.Unchosen = s.work(ctx), s.unchosen()
	if o.Prove {
		s.prove(ctx, r.Packages)
	}
	s.deeper(ctx, r.Packages)
	if o.Then != nil && len(s.targets) == 1 {
		o.Then(s, r.Packages)
	}
	return r, ctx.Err()
}

// unchosen are the names of tests that the pattern does not match.
func (s *Session) unchosen() (names []string) {
	for _, t := range s.targets {
		for _, name := range t.tests {
			if !slices.Contains(t.chosen, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Prepare lists, reads, rewrites and builds the packages. Their tests can then be explored
// any number of times. Close the session afterwards.
func Prepare(ctx context.Context, o Options) (*Session, error) {
	s, err := newSession(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{s.list, s.layOut, s.rewrite, s.compile} {
		if err := step(ctx); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

// Ready says why the tests of the only package cannot be explored, or is nil.
func (s *Session) Ready() error {
	if reason := s.targets[0].reason; reason != "" {
		return errors.New(reason)
	}
	return nil
}

// CopiedTimers returns where the packages that are rewritten copy a time.Timer or
// time.Ticker, as "file.go:12". The methods of a copy mistake what follows it in memory for
// the timer's own.
func (s *Session) CopiedTimers() []string { return s.copied }

// CheckSchedule reports whether a text is a schedule.
func CheckSchedule(text string) error {
	_, err := wire.ParseSchedule(text)
	return err
}
