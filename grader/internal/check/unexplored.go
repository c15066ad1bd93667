package check

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"sync"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/submission"
)

// prepareToExplore rewrites and builds what explores the fix. If that fails, and the
// starter's does not, it is the fix's fault.
func (b *Bench) prepareToExplore(ctx context.Context) (err error) {
	if err := b.lab.prime(ctx, b.staging, build.Race); err != nil {
		return err
	}
	e := &b.explored
	if e.staging, err = b.stagingToExplore(); err != nil {
		return err
	}
	var found []evidence.Finding
	err = b.blame(ctx, func(st *build.Staging) error {
		if st == b.staging {
			e.Session, err = b.sessionIn(ctx, e.staging)
			return err
		}
		s, err := b.sessionIn(ctx, st)
		if s != nil {
			s.Close()
		}
		return err
	}, &found)
	if found != nil {
		e.found = &found[0]
	}
	return err
}

// sessionIn makes a session of what lies in a staging module. Whatever keeps it from
// that, but a module that is not whole, may be the fix's doing.
func (b *Bench) sessionIn(ctx context.Context, st *build.Staging) (*explore.Session, error) {
	s, err := explore.Prepare(ctx, explore.Options{
		Dir: st.Root, Overlay: st.Overlay, Env: append(st.RaceEnv(), b.sizes...), Patterns: []string{"./" + b.exercise.Dir}, Race: true,
		Settings: b.lab.Toolchain.Settings(), Exports: b.lab.Toolchain.Exports(build.Race), Seed: b.seeds.schedules, Programs: b.seeds.programs, Own: true,
		Budget: explore.Budget{Schedules: b.lab.Effort.schedules(), Time: b.exploreTime(), Steps: scenarioSteps, Step: scenarioStep}, Delays: exhaustDelays, EarlyTimeouts: true, Strict: true, Processors: 1, Spent: b.budget.charge,
		Confine: b.confine, ConfineBuild: func(c *run.Command, dirs ...string) {
			b.lab.Toolchain.Confine(c, append(dirs, st.Dir)...)
		},
	})
	if err == nil {
		err = s.Ready()
	}
	if err == nil && len(s.CopiedTimers()) == 0 {
		return s, st.Whole()
	}
	if err == nil {
		found := submission.CopiedTimer(b.exercise, s.CopiedTimers()[0])
		s.Close()
		return nil, &build.Unclear{What: found.Summary, Found: []evidence.Finding{found}}
	}
	if s != nil {
		s.Close()
	}
	if broken := errors.Join(ctx.Err(), st.Whole()); broken != nil {
		return nil, broken
	}
	const what = "it cannot be rewritten so that its schedules can be explored"
	return nil, &build.Unclear{What: what, Output: err.Error(), Found: []evidence.Finding{{
		Verdict: evidence.Build, Summary: what, Output: err.Error(),
		Meaning: "The starter can be explored on this machine. Something in this fix conflicts with what the explorer adds, or is too large for it: make it simpler.",
		Places:  []evidence.Place{{File: path.Join(b.exercise.Dir, b.exercise.Files[0]), Role: "here"}},
	}}}
}

// explored explores the scenario. What cannot be explored may be so for lack of time
// or memory, and is tried again.
func (t *trial) explored(ctx context.Context, s *explore.Session) (test explored.Test, err error) {
	for range 2 {
		err = t.bench.lab.slot(ctx, func() (err error) { test, err = s.One(ctx, t.test.Name); return err })
		if err != nil || test.Verdict != explored.Unexplorable {
			break
		}
	}
	return test, err
}

// ready is what to do if something cannot be explored. That it is so twice, on a
// machine that lacks nothing, is worth telling.
const ready = "see that there is enough memory, that there is room where TMPDIR and GOCACHE are, and that nothing ends the processes of the grader, and grade again"

// starterSession explores the starter. It is made when the fix is first in doubt.
type starterSession struct {
	once    sync.Once
	session *explore.Session
	staging *build.Staging
	err     error
}

func (s *starterSession) make(ctx context.Context, b *Bench) (*explore.Session, error) {
	s.once.Do(func() {
		if s.staging, s.err = b.stageStarter(); s.err == nil {
			s.err = hold(ctx, b.lab.builds, func() (err error) { s.session, err = b.sessionIn(ctx, s.staging); return err })
		}
	})
	return s.session, s.err
}

func (s *starterSession) close() error {
	if s.session != nil {
		s.session.Close()
	}
	if s.staging == nil {
		return nil
	}
	return s.staging.Close()
}

// starterExplored makes sure that the scenario can be explored here, with the starter
// in it.
func (t *trial) starterExplored(ctx context.Context) error {
	s, err := t.bench.starter.make(ctx, t.bench)
	if err != nil {
		return fmt.Errorf("%s cannot be explored, not even with the starter: %w; %s", t.test.Name, err, ready)
	}
	test, err := t.explored(ctx, s)
	if err == nil && test.Verdict == explored.Unexplorable {
		err = fmt.Errorf("%s cannot be explored, not even with the starter: %s; %s", t.test.Name, test.Summary, ready)
	}
	return err
}

// outOfControl says what is wrong with a fix whose scenario cannot be explored.
func (t *trial) outOfControl(f *evidence.Finding, test explored.Test) {
	if idled(test) {
		f.Summary = fmt.Sprintf("%s passed without having run: %d schedules, the shortest of %d steps", test.Name, test.Schedules, test.Least)
	}
	if idled(test) || test.Summary == explored.Forged || strings.HasPrefix(test.Summary, explored.Vanished) {
		f.Meaning = "A fix must not end or change the process that tests it. Nothing after that counts, not even a pass."
		return
	}
	f.Summary = "it cannot be explored: " + test.Summary
	f.Meaning = "This scenario can be explored with the starter. This fix does something that the explorer cannot control."
	f.Advice = "Use goroutines, channels, timers and package sync, nothing that blocks in another way or ends the process."
}
