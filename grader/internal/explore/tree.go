package explore

import (
	"context"
	"errors"
	"strings"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/explored"
)

// The reasons why there is no tree of a test.
var (
	ErrTooManyOrders = errors.New("it has too many orders")
	ErrEndlessOrder  = errors.New("an order of it does not end")
	ErrUnknownOrders = errors.New("not all of its orders are known")
)

var gaps = map[wire.Gap]error{wire.TooMany: ErrTooManyOrders, wire.Endless: ErrEndlessOrder, wire.Unknown: ErrUnknownOrders}

// Tree tries every choice of the game with one draw of random numbers, that of the schedule
// given. It has at most that many nodes, and takes at most that much processor time.
func (g *Game) Tree(ctx context.Context, schedule string, nodes int, budget time.Duration) (explored.Tree, error) {
	random := randomOf(schedule)
	job := g.job(nil)
	job.Mode, job.Schedule, job.Turn, job.Programs, job.Schedules, job.Millis = wire.Chart, "", 0, random, nodes, int(budget.Milliseconds())
	job.Strict = true
	o := g.session.process(ctx, g.target, job)
	switch {
	case o.Kind == "":
		return explored.Tree{}, ctx.Err()
	case o.Tree == nil:
		return explored.Tree{}, ErrUnknownOrders
	case o.Tree.Why != "":
		return explored.Tree{}, gaps[o.Tree.Why]
	}
	return explored.Tree{Test: g.Name, Random: random, RacesEnd: o.Tree.RacesEnd, Nodes: g.grow(o.Tree)}, nil
}

// randomOf is the seed of the random numbers of a schedule.
func randomOf(schedule string) uint64 {
	if _, rest, named := strings.Cut(schedule, "@"); named {
		schedule = rest
	}
	s, err := wire.ParseSchedule(schedule)
	if err != nil {
		return 0
	}
	if s.Numbered {
		return s.Random + s.Number
	}
	return s.Random
}
