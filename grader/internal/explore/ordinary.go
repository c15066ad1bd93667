package explore

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/run"
)

// A test that fails whatever the order, even where goroutines run one after the other, fails in
// an ordinary run as well, unless it depends on something that the explorer changes: the names
// of functions, the network, the time of a file. Then the failure does not show a fault of the code.

const (
	everySchedule = 20 // that have to fail
	ordinaryRuns  = 3  // that have to pass
	ordinaryTime  = 30 * time.Second
)

const contradicted = "it fails in every schedule, and passes in ordinary runs, so it depends on something that the explorer changes"

// contradicted reports whether ordinary runs say otherwise than a finding.
func (s *Session) contradicted(ctx context.Context, t *target, job wire.Job, a wire.Outcome) bool {
	kinds := []wire.Kind{wire.Wrong, wire.Panic, wire.Deadlock}
	if job.Strict || s.Own || len(s.Overlay) > 0 || job.Mode != wire.Sample && job.Mode != wire.Exhaust || a.Number > 0 || a.Outlives || !slices.Contains(kinds, a.Kind) {
		return false
	}
	job.Mode, job.Schedules, job.Leaks = wire.Every, everySchedule, wire.LeaksOff
	return slices.Contains(kinds, s.process(ctx, t, job).Kind) && s.passesOrdinarily(ctx, t, job.Tests[0])
}

// plain is a package's test binary without the explorer, once it is needed.
type plain struct {
	once   sync.Once
	binary string // "" if it cannot be built
}

func (s *Session) plainly(ctx context.Context, t *target) string {
	t.plain.once.Do(func() {
		out, err := os.MkdirTemp(s.dir, "plain-")
		if err != nil {
			return
		}
		if failed, err := s.buildPlainly(ctx, []*target{t}, out); failed != nil || err != nil {
			return
		}
		if built, _ := filepath.Glob(filepath.Join(out, "*")); len(built) == 1 { // its name is one that we made
			t.plain.binary = built[0]
		}
	})
	return t.plain.binary
}

// passesOrdinarily reports whether a test, without the explorer, passes each time.
func (s *Session) passesOrdinarily(ctx context.Context, t *target, name string) bool {
	binary := s.plainly(ctx, t)
	dir, err := os.MkdirTemp(s.dir, "ordinary-")
	if binary == "" || err != nil {
		return false
	}
	pattern := []string{"^" + name + "$"}
	c := run.Command{
		Path: binary, Dir: s.stagedDirOf(t), Timeout: ordinaryTime,
		Args: append([]string{"-test.v", "-test.run=" + strings.Join(append(pattern, s.Subs...), "/"), fmt.Sprintf("-test.count=%d", ordinaryRuns)}, s.TestArgs...),
		Env:  append(append([]string(nil), s.Env...), "TMPDIR="+dir, "TMP="+dir, "TEMP="+dir, "PWD="+s.Dir),
	}
	if s.Confine != nil {
		s.Confine(&c, dir)
	}
	r, err := run.Run(ctx, c)
	return err == nil && r.ExitCode == 0 && !r.TimedOut && strings.Count("\n"+string(r.Output), "\n--- PASS: "+name+" (") == ordinaryRuns
}
