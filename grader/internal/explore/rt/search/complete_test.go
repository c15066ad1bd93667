package search_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/explore/rt/sched"
	"heisenkata/grader/internal/explore/rt/search"
	"heisenkata/grader/internal/explore/rt/vatomic"
	sync "heisenkata/grader/internal/explore/rt/vsync"
	"heisenkata/grader/internal/explore/rt/wire"
)

// world is what the goroutines of a generated program share.
type world struct {
	x, y   atomic.Int32
	mu     sync.Mutex
	rw     sync.RWMutex
	cond   *sync.Cond
	wg     sync.WaitGroup
	once   sync.Once
	c, d   chan int
	under  int // mu
	shared int // rw
}

func newWorld(room int) *world {
	w := &world{c: make(chan int, room), d: make(chan int, 1)}
	w.cond = sync.NewCond(&w.mu)
	return w
}

// operations are what a generated program is made of; each says what it has seen.
var operations = map[string]func(w *world) any{
	"add":     func(w *world) any { return w.x.Add(1) },
	"load":    func(w *world) any { return w.x.Load() },
	"store":   func(w *world) any { w.y.Store(w.x.Load()); return nil },
	"look":    func(w *world) any { return w.y.Load() },
	"cas":     func(w *world) any { return w.x.CompareAndSwap(1, 5) },
	"lock":    func(w *world) any { w.mu.Lock(); defer w.mu.Unlock(); w.under++; return w.under },
	"both":    func(w *world) any { w.mu.Lock(); defer w.mu.Unlock(); return w.x.Add(2) },
	"try":     func(w *world) any { return w.mu.TryLock() && func() bool { w.mu.Unlock(); return true }() },
	"rlock":   func(w *world) any { w.rw.RLock(); defer w.rw.RUnlock(); return w.shared },
	"rinside": func(w *world) any { w.rw.RLock(); defer w.rw.RUnlock(); return w.x.Add(1) },
	"wlock":   func(w *world) any { w.rw.Lock(); defer w.rw.Unlock(); w.shared++; return w.shared },
	"send": func(w *world) any {
		(&sched.SendOp[int]{C: w.c}).Do(0, int(w.x.Load()))
		return nil
	},
	"receive": func(w *world) any { v, ok := sched.Recv2(0, w.c); return fmt.Sprint(v, ok) },
	"close":   func(w *world) any { sched.Close(0, w.d); return nil },
	"drain":   func(w *world) any { v, ok := sched.Recv2(0, w.d); return fmt.Sprint(v, ok) },
	"select":  func(w *world) any { return choose(w, false) },
	"poll":    func(w *world) any { return choose(w, true) },
	"wait":    func(w *world) any { w.mu.Lock(); defer w.mu.Unlock(); w.cond.Wait(); return w.under },
	"signal":  func(w *world) any { w.cond.Signal(); return nil },
	"all":     func(w *world) any { w.mu.Lock(); defer w.mu.Unlock(); w.under++; w.cond.Broadcast(); return nil },
	"count":   func(w *world) any { w.wg.Add(1); n := w.x.Load(); w.wg.Done(); return n },
	"join":    func(w *world) any { w.wg.Wait(); return w.x.Load() },
	"draw":    func(w *world) any { w.x.Load(); return sched.Random() },
	"under":   func(w *world) any { w.mu.Lock(); defer w.mu.Unlock(); w.y.Load(); return sched.Random() },
	"runder":  func(w *world) any { w.rw.RLock(); defer w.rw.RUnlock(); w.y.Load(); return sched.Random() },
	"wunder":  func(w *world) any { w.rw.Lock(); defer w.rw.Unlock(); w.y.Load(); return sched.Random() },
	"drawn": func(w *world) any {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.under++
		return [2]any{w.under, sched.Random()}
	},
	"once": func(w *world) any { w.once.Do(func() { w.x.Add(1) }); return nil },
}

// choose is a select of two receives as the instrumenter writes it.
func choose(w *world, orNot bool) any {
	a, b := sched.RecvFrom(w.c), sched.RecvFrom(w.d)
	took := -1
	for j, k := 0, sched.Select(0, a, b); j < 2 && took < 0; j++ {
		switch (j + k) % 2 {
		case 0:
			if a.Try() {
				took = 0
			}
		case 1:
			if b.Try() {
				took = 1
			}
		}
	}
	sched.Took(took)
	if took < 0 && !orNot {
		sched.Blocked(sched.OpSelect, 0, nil)
		select {
		case a.V, a.OK = <-a.C:
			took = 0
		case b.V, b.OK = <-b.C:
			took = 1
		}
		sched.After(0, nil)
	}
	return fmt.Sprint(took, a.V, a.OK, b.V, b.OK)
}

type program struct {
	room int
	of   [][]string
}

func (p program) run(seen *[3][4]any) func() {
	return func() {
		w := newWorld(p.room)
		fs := make([]func(), len(p.of))
		for g, names := range p.of {
			fs[g] = func() {
				for i, name := range names {
					seen[g][i] = operations[name](w)
				}
			}
		}
		together(fs...)
	}
}

// outcomes are all that a program can come to under a strategy, or nil if it has more
// schedules than can be tried.
func (p program) outcomes(t *testing.T, s search.Strategy, most int) (all map[string]bool, runs int) {
	all = map[string]bool{}
	for runs = 0; s.Begin(runs); runs++ {
		if runs == most {
			return nil, runs
		}
		all[p.outcome(t, s)] = true
	}
	return all, runs
}

// sampled is what a program comes to in n schedules.
func (p program) sampled(t *testing.T, s search.Strategy, n int) map[string]bool {
	all := map[string]bool{}
	for i := range n {
		s.Begin(i)
		all[p.outcome(t, s)] = true
	}
	return all
}

// outcome is what one schedule comes to.
func (p program) outcome(t *testing.T, s search.Strategy) string {
	var seen [3][4]any
	r := sched.Run(t, s, sched.Options{}, p.run(&seen))
	s.End(r.Steps)
	if r.Finding != nil && r.Finding.Kind == wire.Panic {
		return r.Finding.Text // how far the other goroutines have got is up to chance
	}
	text := fmt.Sprint(seen)
	if r.Finding != nil {
		text += " " + string(r.Finding.Kind)
	}
	return text
}

const (
	enough  = 1500 // reduced schedules; a program with more is not taken
	sampled = 400
)

// Whatever a program can come to, it comes to in one of the reduced schedules: so does each
// sampled one of generated programs. HEISENKATA_PROGRAMS says how many.
func TestReductionLosesNothing(t *testing.T) {
	n := 40
	if more, err := strconv.Atoi(os.Getenv("HEISENKATA_PROGRAMS")); err == nil {
		n = more
	}
	names := slices.Sorted(maps.Keys(operations))
	r := rand.New(rand.NewPCG(1, 2))
	compared, schedules, missed := 0, 0, 0
	for i := range n {
		p := program{room: r.IntN(2)}
		few := make([]string, 4) // so that they meet
		for i := range few {
			few[i] = names[r.IntN(len(names))]
		}
		for range 2 + r.IntN(2) {
			var ops []string
			for range 1 + r.IntN(2) {
				ops = append(ops, few[r.IntN(len(few))])
			}
			p.of = append(p.of, ops)
		}
		reduced := &search.Reduced{}
		all, runs := p.outcomes(t, reduced, enough)
		if all == nil || reduced.Spins {
			continue
		}
		assert.False(t, reduced.Lost, "%v", p)
		compared, schedules = compared+1, schedules+runs
		sampled := p.sampled(t, search.New(uint64(i)), sampled)
		for outcome := range sampled {
			assert.True(t, all[outcome], "%v: %s is not among the %d outcomes of %d schedules", p, outcome, len(all), runs)
		}
		missed += len(all) - len(sampled)
	}
	assert.Greater(t, compared, n/4)
	t.Logf("%d programs, %d schedules; %d outcomes that %d sampled ones of each missed", compared, schedules, missed, sampled)
}
