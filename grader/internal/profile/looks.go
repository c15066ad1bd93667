package profile

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/run"
)

// look is one way to look at a test.
type look struct {
	name, doc string
	race      bool
	together  bool // all tests of the package run, as go test does
	load      bool // every core is kept busy meanwhile
	change    func(source []byte) ([]byte, error)
}

// looks are the rows, in their order. Those under load come last, so that the load is
// started once.
var looks = []look{
	{name: "plain", doc: "the test alone, as go test -run runs it"},
	{name: "-race", doc: "with the race detector", race: true},
	{name: "a log line", doc: "each function of the package logs its name first", change: logged},
	{name: "with pauses", doc: "a pause before each statement, as in a debugger", change: slowed},
	{name: "all tests", doc: "together with the package's other tests", together: true},
	{name: "under load", doc: "every processor is busy with something else", load: true},
}

// build tells the binaries apart.
func (l look) build() string {
	switch {
	case l.race:
		return "race"
	case l.change != nil:
		return strings.ReplaceAll(l.name, " ", "-")
	}
	return "plain"
}

// A run that takes too long counts as a failure. What is too long is so many times the
// longest that has passed, within bounds.
const (
	hangFactor = 20
	minHang    = 2 * time.Second
	maxHang    = 10 * time.Second
)

// patience is how long a run may take, if the longest that has passed took so long.
func patience(longest time.Duration) time.Duration {
	if longest == 0 {
		return maxHang
	}
	return min(max(hangFactor*longest, minHang), maxHang)
}

// measure fills the rows, each look with its share of the time that is left: a run that
// hangs may take more than there was.
func (p *profiler) measure(ctx context.Context) (rows []Row, err error) {
	p.end = time.Now().Add(p.Budget)
	for i, l := range looks {
		until := time.Now().Add(time.Until(p.end) / time.Duration(len(looks)-i))
		row := Row{Name: l.name, Doc: l.doc}
		for _, n := range Processors {
			row.Cells = append(row.Cells, Cell{Processors: n})
		}
		if l.load {
			release := p.keepBusy(ctx)
			err = p.fill(ctx, l, row.Cells, until)
			release()
		} else {
			err = p.fill(ctx, l, row.Cells, until)
		}
		for k := range row.Cells {
			c := &row.Cells[k]
			c.Low, c.High = wilson(c.Failures, c.Runs)
		}
		rows = append(rows, row)
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// fill runs the cells of one look, the one that has had the least time first, until
// they have all their runs or the look's share of the time is over.
func (p *profiler) fill(ctx context.Context, l look, cells []Cell, until time.Time) error {
	longest := time.Duration(0)
	for {
		c := next(cells, p.Runs)
		if c == nil || time.Now().After(until) {
			return nil
		}
		p.Doing(fmt.Sprintf("%s, GOMAXPROCS=%d: %d of %d runs failed, %s left", l.name, c.Processors, c.Failures, c.Runs, max(0, time.Until(p.end)).Round(time.Second)))
		began := time.Now()
		failed, counts, err := p.once(ctx, l, c.Processors, patience(longest))
		took := time.Since(began)
		c.spent += took
		switch {
		case err != nil:
			return err
		case counts && failed:
			c.Runs, c.Failures = c.Runs+1, c.Failures+1
		case counts:
			c.Runs++
			longest = max(longest, took)
		}
	}
}

func next(cells []Cell, runs int) (least *Cell) {
	for i := range cells {
		if c := &cells[i]; c.Runs < runs && (least == nil || c.spent < least.spent) {
			least = c
		}
	}
	return least
}

// once runs the test once, in a process of its own. A run counts unless it was ended
// from outside, or the test's turn did not come.
func (p *profiler) once(ctx context.Context, l look, processors int, hang time.Duration) (failed, counts bool, err error) {
	args := []string{"-test.run=^" + p.Test + "$", fmt.Sprintf("-test.timeout=%s", hang), "-test.count=1"}
	if l.together {
		args[0] = "-test.v"
	}
	env := append(append([]string(nil), p.Env...), fmt.Sprintf("GOMAXPROCS=%d", processors), "GORACE=atexit_sleep_ms=0")
	r, err := run.Run(ctx, run.Command{Path: p.binaries[l.build()], Args: args, Env: env, Dir: p.pkg.Dir, Timeout: 2 * hang})
	if err != nil || r.Killed() {
		return false, false, err
	}
	if !l.together {
		return r.ExitCode != 0, true, nil
	}
	failed, counts = among(string(r.Output), p.Test, r.ExitCode)
	return failed, counts, nil
}

// among tells from a run of all tests how one of them fared: it has failed if it says so,
// or if the process ended while it ran.
func among(output, test string, exit int) (failed, counts bool) {
	result := regexp.MustCompile(`(?m)^--- (PASS|FAIL|SKIP): ` + test + `\b`).FindStringSubmatch(output)
	began := strings.Contains(output, "=== RUN   "+test+"\n")
	if result == nil {
		return exit != 0 && began, began
	}
	return result[1] == "FAIL", true
}

// keepBusy keeps every core busy until release is called.
func (p *profiler) keepBusy(ctx context.Context) (release func()) {
	if len(p.Busy) == 0 {
		return func() {}
	}
	ctx, stop := context.WithCancel(ctx)
	var gone sync.WaitGroup
	for range p.Cores {
		gone.Go(func() { // if it does not start there is less load
			_, _ = run.Run(ctx, run.Command{Path: p.Busy[0], Args: p.Busy[1:], Env: os.Environ(), Timeout: time.Hour})
		})
	}
	return func() {
		stop()
		gone.Wait()
	}
}
