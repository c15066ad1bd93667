package explore

import (
	"context"
	"slices"
	"sync"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

// Game is one test whose schedule is chosen step by step, from outside.
type Game struct {
	session *Session
	target  *target
	Name    string // of the test

	telling sync.Mutex
	lines   map[string][]string // of files, as they were when first told
}

// Game is a test of the only package, as explored.Choose chooses it.
func (s *Session) Game(name string) (*Game, error) {
	if err := s.Ready(); err != nil {
		return nil, err
	}
	t := s.targets[0]
	name, err := explored.Choose(t.tests, name)
	if err != nil {
		return nil, err
	}
	return &Game{session: s, target: t, Name: name, lines: map[string][]string{}}, nil
}

func (g *Game) job(choices []int32) wire.Job {
	s := g.session
	job := wire.Job{Tests: []string{g.Name}, Schedule: wire.Schedule{Choices: choices}.String(), Turn: len(choices) + 1, Stride: 1, Steps: s.Budget.Steps, StepMillis: int(s.Budget.Step.Milliseconds()), Leaks: s.Leaks}
	job.Millis = int(s.Budget.Time.Milliseconds())
	return job
}

// Turn runs the test by the choices given, from its start up to the next choice. If
// there is none, the test's verdict says how the schedule ended.
func (g *Game) Turn(ctx context.Context, choices []int32) (explored.Turn, error) {
	job := g.job(choices)
	job.Mode = wire.Play
	return g.turn(ctx, job)
}

// Finish runs the test by the choices given, and after them without a switch that is
// not needed.
func (g *Game) Finish(ctx context.Context, choices []int32) (explored.Turn, error) {
	job := g.job(choices)
	job.Mode, job.Turn = wire.Play, 0
	return g.turn(ctx, job)
}

func (g *Game) turn(ctx context.Context, job wire.Job) (explored.Turn, error) {
	o := g.session.process(ctx, g.target, job)
	if o.Kind == "" {
		return explored.Turn{}, ctx.Err()
	}
	g.telling.Lock()
	defer g.telling.Unlock()
	n := g.session.narrator(g.target, *o)
	n.lines = g.lines
	if o.Kind != wire.Paused {
		return explored.Turn{Test: n.told(g.Name, *o)}, nil
	}
	at := o.Finding
	o.Kind, o.Finding = "", nil
	return explored.Turn{Test: n.told(g.Name, *o), Goroutines: n.next(at.Waiting, at.Turn.Can), Options: options(at.Turn)}, nil
}

// Seek looks for a finding among the schedules that begin with the choices given: those
// that continue without a switch, then with one, up to that many.
func (g *Game) Seek(ctx context.Context, choices []int32, switches int, budget time.Duration) (explored.Sought, error) {
	job := g.job(choices)
	job.Mode, job.Bound, job.Schedules, job.Millis = wire.Seek, switches, 1<<30, int(budget.Milliseconds())
	o := g.session.process(ctx, g.target, job)
	if o.Kind == "" {
		return explored.Sought{}, ctx.Err()
	}
	found := explored.Sought{Test: g.session.told(g.target, g.Name, *o), Without: o.Exhausted}
	if s, err := wire.ParseSchedule(o.Schedule); err == nil && found.Test.Verdict.Found() {
		found.Choices = s.Choices
	}
	return found, nil
}

// Solve tries every different interleaving of the test or, if there are too many, those
// with few delays, all with the random numbers that the other methods use: what it finds,
// Turn can reach.
func (g *Game) Solve(ctx context.Context) (explored.Test, error) {
	all := *g.session
	all.Exhaustive = true
	solved := all.test(ctx, g.target, g.Name, make(chan struct{}, 1))
	if solved == nil {
		return explored.Test{}, ctx.Err()
	}
	return *solved, nil
}

// next is what each goroutine is about to do, or waits for.
func (n *narrator) next(waiting []wire.Waiting, can []int32) (next []explored.Next) {
	for _, w := range waiting {
		g := explored.Next{Can: slices.Contains(can, w.G), HeldBy: int(w.Holder)}
		g.Step = n.steps(wire.Step{G: w.G, Op: w.Op, Site: w.Site, Obj: w.Obj, Frames: w.Frames})[0]
		g.Waiting = n.waiting(w)
		next = append(next, g)
	}
	for i, g := range next {
		next[i].Behind = slices.ContainsFunc(next, func(o explored.Next) bool {
			return g.HeldBy >= 0 && o.Step.Goroutine == g.HeldBy && o.Step.Goroutine != g.Step.Goroutine && o.HeldBy >= 0 && o.HeldBy != o.Step.Goroutine &&
				o.Waiting.Operation == "lock" && o.Waiting.Object == g.Waiting.Object
		})
	}
	return next
}

func options(turn *wire.Turn) (list []explored.Option) {
	for _, g := range turn.Can {
		list = append(list, explored.Option{Goroutine: int(g)})
	}
	if turn.Slip > 0 {
		list = append(list, explored.Option{Goroutine: -1, Slip: span(time.Duration(turn.Slip))})
	}
	for value := range turn.Values {
		list = append(list, explored.Option{Goroutine: int(turn.G), Value: value + 1})
	}
	return list
}
