package explore

import (
	"context"
	"sync"

	"heisenkata/grader/internal/explored"
)

// A test with at most fewDiffer interleavings is proven without the whole sample. glance is how
// many schedules are sampled anyway: they show whether it can be proven, and guard against
// mistakes in the proof.
const (
	glance    = 100
	fewDiffer = 200
)

// One explores one test of the only package, in one process at a time: sampled
// schedules, and if they pass, all those that differ, or if they are too many, all
// those with at most as many delays as the options say, within the budget. Of a test
// that draws random numbers these would be the schedules of one draw, which say little:
// it stays with those sampled. The error says why the package cannot be explored at all.
func (s *Session) One(ctx context.Context, name string) (explored.Test, error) {
	t := s.targets[0]
	if err := s.Ready(); err != nil {
		return explored.Test{}, err
	}
	if brief := s.briefly(ctx, t, name); brief != nil {
		return *brief, nil
	}
	sampled := s.test(ctx, t, name, make(chan struct{}, 1))
	if sampled == nil || !s.provable(*sampled) {
		return orNothing(ctx, sampled)
	}
	return orNothing(ctx, s.exhausted(ctx, t, *sampled))
}

// briefly explores a test if few schedules settle it: one of the first is a finding, or
// few interleavings are all there are. Otherwise, or if ctx ends, it returns nil.
func (s *Session) briefly(ctx context.Context, t *target, name string) *explored.Test {
	if s.Delays == 0 || s.Exhaustive || s.Schedule != "" || s.Budget.Schedules <= glance+fewDiffer {
		return nil
	}
	brief := *s
	brief.Budget.Schedules = glance
	first := brief.test(ctx, t, name, make(chan struct{}, 1))
	if first == nil || first.Verdict.Found() {
		return first
	}
	if !s.provable(*first) {
		return nil
	}
	brief.Budget.Schedules, brief.Delays = 2*fewDiffer, -1 // half of them may differ; and none with delays
	if all := brief.exhausted(ctx, t, *first); all != nil && (all.Verdict.Found() || all.Different > 0) {
		return all
	}
	return nil
}

func orNothing(ctx context.Context, t *explored.Test) (explored.Test, error) {
	if t == nil {
		return explored.Test{}, ctx.Err()
	}
	return *t, nil
}

// prove tries every interleaving of the tests that pass, as many at once as there are
// processors. It does nothing where there is a finding, and leaves what ctx cuts short.
func (s *Session) prove(ctx context.Context, all []explored.Package) {
	for _, p := range all {
		for _, t := range p.Tests {
			if t.Verdict.Found() {
				return
			}
		}
	}
	slots := make(chan struct{}, max(1, s.Processors))
	var group sync.WaitGroup
	for _, t := range s.targets {
		for _, p := range all {
			for i := range p.Tests {
				if test := &p.Tests[i]; p.Package == t.path && !test.Only && s.provable(*test) {
					if t.shares {
						group.Wait()
					}
					slots <- struct{}{}
					group.Go(func() {
						defer func() { <-slots }()
						if proven := s.exhausted(ctx, t, *test); proven != nil {
							*test = *proven
						}
					})
				}
			}
		}
	}
	group.Wait()
}

// provable reports whether to try all interleavings of a test whose sampled schedules pass.
// Where the time was too short for the sample, it is for the proof, unless most of those
// schedules were the same.
func (s *Session) provable(t explored.Test) bool {
	tooLong := t.Cut && (s.Strict || 2*t.Different > t.Schedules)
	return t.Verdict == explored.Pass && s.Delays > 0 && !t.Drawn && !tooLong
}

// exhausted is what all interleavings of a test come to, after the sampled ones.
func (s *Session) exhausted(ctx context.Context, t *target, sampled explored.Test) *explored.Test {
	all := *s
	all.Exhaustive = true
	exhausted := all.test(ctx, t, sampled.Name, make(chan struct{}, 1))
	if exhausted != nil {
		exhausted.Schedules += sampled.Schedules
	}
	return exhausted
}
