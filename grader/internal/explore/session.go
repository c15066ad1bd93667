package explore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/explore/instrument"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/scratch"
)

// Session is one exploration in progress.
type Session struct {
	Options
	goTool  string
	env     map[string]string // what `go env` says
	scratch *scratch.Dir
	dir     string // the staging folder
	runtime string // the folder with the runtime
	goMod   string // a go.mod of our own, instead of the main module's; empty in a workspace
	procs   int    // of each process that explores; 1 unless a test wants more

	packages  []*listed          // in the order of dependence
	byPath    map[string]*listed // with the [p.test] of variants
	targets   []*target
	selects   *sync.Map // the channels of selects, by where these are
	sites     instrument.Sites
	copied    []string          // places of timers that are copied
	overlay   map[string]string // path in the tree to path in the staging folder
	rewrote   int               // files that the overlay has got
	networked bool              // the network of its binaries is in memory
	copies    map[string]string // folder of a module to its copy
}

// target is a package whose tests are explored.
type target struct {
	path   string // import path
	dir    string
	reason string // why it cannot be explored
	broken bool   // it does not build, or is not there
	tests  []string
	chosen []string // of tests
	other  []string // fuzz tests and examples
	binary string

	contents map[string]time.Time // of its folder, before its tests run; nil if that is too large
	place    string               // where its tests run, if not in its folder
	shares   bool                 // one process at a time runs its tests: they name shared files
	plain    *plain
}

const goTime = 10 * time.Minute

func newSession(ctx context.Context, o Options) (*Session, error) {
	s := &Session{selects: &sync.Map{}, Options: o, byPath: map[string]*listed{}, overlay: maps.Clone(o.Overlay), copies: map[string]string{}, env: map[string]string{}}
	if s.overlay == nil {
		s.overlay = map[string]string{}
	}
	var err error
	if s.goTool, err = exec.LookPath("go"); err != nil {
		return nil, ErrNoGo
	}
	if err := s.settle(ctx); err != nil {
		return nil, err
	}
	if err := s.checkMachine(); err != nil {
		return nil, err
	}
	if s.scratch, err = scratch.New(); err != nil {
		return nil, err
	}
	s.dir = s.scratch.Path
	return s, nil
}

// settle finds out what `go env` says.
func (s *Session) settle(ctx context.Context) error {
	if s.Settings != nil {
		s.env = s.Settings
		return nil
	}
	out, err := s.goRun(ctx, s.Env, "env", "-json", "GOVERSION", "GOWORK", "GOFLAGS", "GOMODCACHE", "GOMOD", "CC", "GOOS", "CGO_ENABLED")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(out, &s.env); err != nil {
		return fmt.Errorf("`go env -json` answered something else: %w", err)
	}
	return nil
}

func (s *Session) checkMachine() error {
	var minor int
	if _, err := fmt.Sscanf(s.env["GOVERSION"], "go1.%d", &minor); err == nil && minor < 25 {
		return fmt.Errorf("%w; this is %s", ErrOldGo, s.env["GOVERSION"])
	}
	cc := strings.Fields(s.env["CC"])
	if s.Race && s.env["GOOS"] != "darwin" {
		if len(cc) == 0 {
			return ErrNoCompiler
		}
		if _, err := exec.LookPath(cc[0]); err != nil {
			return ErrNoCompiler
		}
		if s.env["CGO_ENABLED"] == "0" {
			return ErrNoCgo
		}
	}
	return nil
}

// inModule reports whether the go command finds a go.mod or a go.work, or is told to do
// without.
func (s *Session) inModule() bool {
	work := s.env["GOWORK"]
	return s.env["GOMOD"] != os.DevNull || work != "" && work != "off"
}

// Close removes all that the session made.
func (s *Session) Close() {
	if s.scratch != nil {
		_ = s.scratch.Remove() // what cannot be removed is in the temporary folder
	}
}

// goError is a go command that failed.
type goError struct {
	args   []string
	output string
}

func (e *goError) Error() string {
	return fmt.Sprintf("`go %s` failed: %s", e.args[0], strings.TrimSpace(e.output))
}

// goRun runs the go command and returns its standard output, whole.
func (s *Session) goRun(ctx context.Context, env []string, args ...string) ([]byte, error) {
	var out bytes.Buffer
	c := run.Command{Path: s.goTool, Args: args, Env: env, Dir: s.Dir, Timeout: goTime, Stdout: &out}
	if s.ConfineBuild != nil {
		s.ConfineBuild(&c, s.dir)
	}
	r, err := run.Run(ctx, c)
	if err == nil && (r.Killed() || r.KilledBelow()) { // from outside, perhaps for good
		out.Reset()
		r, err = run.Run(ctx, c)
	}
	if err != nil {
		return nil, err
	}
	if r.TimedOut {
		return nil, &goError{args, "it took longer than " + goTime.String()}
	}
	if r.ExitCode != 0 {
		return out.Bytes(), &goError{args, string(r.Output)}
	}
	return out.Bytes(), nil
}

// buildFlags are what decides which files are compiled, and how.
func (s *Session) buildFlags() (flags []string) {
	if s.Race {
		flags = append(flags, "-race")
	}
	if s.Tags != "" {
		flags = append(flags, "-tags="+s.Tags)
	}
	return flags
}
