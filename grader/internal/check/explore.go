package check

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/run"
)

// ScenarioPrefix begins the names of the tests that are explored.
const ScenarioPrefix = "TestSchedule"

// lazySession is made when a scenario is first explored.
type lazySession struct {
	once sync.Once
	*explore.Session
	err error
}

// schedules is how many schedules of each scenario an effort explores. In 103
// published bugs the worst was found within 94.
func (e Effort) schedules() int { return e.times(200, 1000, 20_000) }

// exhaustDelays is up to how many delays every schedule of a scenario is tried
// after the sampled ones. Of scenarios with a few dozen steps these are some
// hundred.
const exhaustDelays = 2

// exploreTime bounds the exploration of one scenario. A scenario has a few
// dozen steps, at a microsecond or two each.
const exploreTime = 2 * time.Minute

// A scenario that has not ended after so many steps never will: right fixes take
// some hundred, and those that spin some thousand. A step takes microseconds.
const (
	scenarioSteps = 50_000
	scenarioStep  = 2 * time.Second // of processor time
)

// session builds the explored binary on first use.
func (b *Bench) session(ctx context.Context) (*explore.Session, error) {
	b.explored.once.Do(func() {
		b.explored.err = b.lab.slot(ctx, func() (err error) {
			b.explored.Session, err = explore.Prepare(ctx, explore.Options{
				Dir: b.staging.Dir, Env: b.staging.RaceEnv(), Patterns: []string{"./" + b.exercise.Dir}, Race: true, Seed: b.seed,
				Budget: explore.Budget{Schedules: b.lab.Effort.schedules(), Time: exploreTime, Steps: scenarioSteps, Step: scenarioStep}, Delays: exhaustDelays, Processors: 1,
				Confine: b.confine, ConfineBuild: func(c *run.Command, dirs ...string) { b.lab.Toolchain.Confine(c, append(dirs, b.staging.Dir)...) },
			})
			return errors.Join(err, b.staging.Whole())
		})
	})
	return b.explored.Session, b.explored.err
}

// confine puts a process that explores into the sandbox of test processes.
func (b *Bench) confine(c *run.Command, dir string) {
	c.Sandbox = b.lab.rules(c.Path, dir)
	if c.Sandbox != nil {
		c.Sandbox.Read = []string{c.Dir}
	}
	c.Limits = testLimits
	c.Env = append(c.Env, "TMPDIR="+dir, "TMP="+dir, "TEMP="+dir, "GOTMPDIR="+dir, "HOME="+dir)
}

// seedOf is the seed of a fix's schedules: the same fix runs the same ones on
// every machine.
func seedOf(hash string) uint64 {
	b, err := hex.DecodeString(hash)
	if err != nil || len(b) < 8 {
		return 1
	}
	return binary.BigEndian.Uint64(b)
}

// explore runs a scenario under many schedules.
func (t *trial) explore(ctx context.Context) (evidence.Check, error) {
	c := evidence.Check{Detector: ExploreName, Verdict: evidence.Pass}
	s, err := t.bench.session(ctx)
	if err != nil {
		return c, fmt.Errorf("%s cannot be explored: %w; %s", t.bench.exercise.ID, err, ready)
	}
	var test explored.Test
	for range 2 { // what cannot be explored may be so for lack of time or memory
		err = t.bench.lab.slot(ctx, func() (err error) { test, err = s.One(ctx, t.test.Name); return err })
		if err != nil {
			return c, fmt.Errorf("%s cannot be explored: %w; %s", t.test.Name, err, ready)
		}
		if test.Verdict != explored.Unexplorable {
			break
		}
	}
	if strings.HasPrefix(test.Summary, explored.Vanished) { // as the fix's doing, or the machine's
		if err := t.bench.control(ctx, build.Race); err != nil {
			return c, err
		}
	}
	t.bench.loops.add(loopsOf(test)...)
	return t.judge(c, test)
}

// ready is what to do if something cannot be explored. That it is so twice, on a
// machine that lacks nothing, is worth telling.
const ready = "see that there is enough memory, and room where TMPDIR and GOCACHE are, and grade again"

// exploredVerdicts are the words of explorations in those of grades. A scenario
// that does not end under some schedule has hung.
var exploredVerdicts = map[explored.Verdict]evidence.Verdict{
	explored.Pass: evidence.Pass, explored.Race: evidence.Race, explored.Wrong: evidence.Fail, explored.Panic: evidence.Panic,
	explored.Deadlock: evidence.Deadlock, explored.Leak: evidence.Leak, explored.Running: evidence.Timeout,
}

func (t *trial) judge(c evidence.Check, test explored.Test) (evidence.Check, error) {
	v, ok := exploredVerdicts[test.Verdict]
	if strings.HasPrefix(test.Summary, explored.Vanished) {
		v, ok = evidence.Integrity, true
	}
	if !ok {
		return c, fmt.Errorf("%s cannot be explored: %s; %s", t.test.Name, test.Summary, ready)
	}
	c.Verdict, c.Runs = v, test.Schedules
	c.Note = fmt.Sprintf("%d schedules, the same ones for the same fix", test.Schedules)
	if test.Exhausted != nil {
		c.Note += fmt.Sprintf(", among them all with at most %d delays", *test.Exhausted)
	}
	if v != evidence.Pass {
		c.Failures = 1
		c.Finding = t.exploredFinding(test, v)
		c.Finding.Places = slices.DeleteFunc(c.Finding.Places, func(p evidence.Place) bool { return p.File == "" || p.Line == 0 })
	}
	return c, nil
}

// pictureWidth is that of the narrowest place that shows it, a terminal of 80
// columns, less its indentation.
const pictureWidth = 72

// exploredFinding shows a schedule that breaks a scenario, and how to run it again.
func (t *trial) exploredFinding(test explored.Test, v evidence.Verdict) *evidence.Finding {
	f := &evidence.Finding{
		Verdict: v, Summary: test.Summary,
		Meaning: fmt.Sprintf("Schedule %d of those tried breaks it. It is one order of steps that the Go runtime may choose too, and it can be replayed.", test.Schedules),
		Picture: explored.Picture(test, pictureWidth),
		Output:  test.Detail,
	}
	t.endless(f, test)
	if test.Schedule != "" {
		f.Replay = fmt.Sprintf("go run ./grader replay %s '%s'", t.bench.exercise.ID, test.Schedule)
	}
	for _, w := range test.Waiting {
		f.Places = append(f.Places, evidence.Place{File: w.File, Line: w.Line, Role: explored.Name(w.Goroutine) + " waits here"})
	}
	for _, r := range test.Races {
		f.Places = append(f.Places, evidence.Place{File: r.File, Line: r.Line, Role: r.Operation + " in " + r.Goroutine})
	}
	if f.Places == nil {
		f.Places = t.lastLines(test)
	}
	t.bench.source.Quote(f.Places)
	return f
}

// lastLines are the learner's lines that ran last, one of each goroutine.
func (t *trial) lastLines(test explored.Test) (places []evidence.Place) {
	seen := map[int]bool{}
	for i := len(test.Trace) - 1; i >= 0 && len(places) < 3; i-- {
		s := test.Trace[i]
		if s.File == "" || seen[s.Goroutine] || strings.HasSuffix(s.File, "_test.go") {
			continue
		}
		seen[s.Goroutine] = true
		places = append(places, evidence.Place{File: s.File, Line: s.Line, Role: "last step of " + explored.Name(s.Goroutine)})
	}
	return places
}
