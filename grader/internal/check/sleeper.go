package check

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/build"
	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/run"
)

// sleeper is a process whose test has passed, and that sleeps for a second at its
// exit, so that goroutines which outlive the test can race. It takes no processor,
// and nothing waits for it but the last word on its test.
type sleeper struct {
	background
	kind    build.Kind
	sample  sample
	lulled  chan struct{} // closed when the test has passed, and there is only the exit
	outcome diagnose.Outcome
	err     error
	over    chan struct{} // closed when outcome and err are there
}

// lull runs a sample that sleeps at its exit, until it does. It holds a processor
// no longer than that.
func (t *trial) lull(ctx context.Context, kind build.Kind, binary string, s sample) (o diagnose.Outcome, asleep bool, err error) {
	l := &sleeper{kind: kind, sample: s, lulled: make(chan struct{}), over: make(chan struct{})}
	ctx, l.cancel = context.WithCancel(ctx)
	l.group.Go(func() {
		defer close(l.over)
		l.err = l.run(ctx, t, binary)
	})
	t.sleeper = l
	select {
	case <-l.lulled:
		return o, true, nil
	case <-l.over:
		t.sleeper = nil
		l.stop()
		return l.outcome, false, l.err
	}
}

// run runs the process, and holds a processor until it sleeps; to its end, if there is
// no room to sleep in.
func (l *sleeper) run(ctx context.Context, t *trial, binary string) (err error) {
	slots := t.bench.lab.slots
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	n := &exitSleep{exitSleeps: t.bench.lab.exitSleeps, slots: slots}
	defer n.end()
	s := l.sample
	lulled := sync.OnceFunc(func() { close(l.lulled) })
	s.passed = func(p *run.Running) {
		n.begin(p)
		lulled()
	}
	l.outcome, err = t.once(ctx, l.kind, binary, s)
	return err
}

// rouse ends the process that sleeps at its exit, when nothing hangs on it any more.
func (t *trial) rouse() {
	if t.sleeper != nil {
		t.sleeper.stop()
		t.sleeper = nil
	}
}

// awaken waits for the process that sleeps at its exit. If it ends badly after all,
// what has been looked at since does not count.
func (t *trial) awaken(ctx context.Context, checks []evidence.Check) ([]evidence.Check, error) {
	if t.sleeper == nil {
		return checks, nil
	}
	<-t.sleeper.over
	if err := t.sleeper.err; err != nil {
		return checks, err
	}
	i := slices.IndexFunc(checks, func(c evidence.Check) bool { return c.Detector == kata.RaceDetector })
	c, o := &checks[i], t.sleeper.outcome
	t.record(c, t.sleeper.kind, t.sleeper.sample, o)
	switch {
	case o.Verdict == evidence.Pass:
		return checks, nil
	case c.Verdict == evidence.Race && !t.bench.lab.Each:
		return t.consequence(ctx, checks[:i+1])
	}
	order := t.bench.lab.order()
	at := slices.IndexFunc(order, func(d Detector) bool { return d.Name == kata.RaceDetector })
	return t.through(ctx, checks[:i+1], order[at+1:], t.stopReason(order[at], *c))
}

// watched calls passed, if there is such a function, when a process has reported that
// all is well.
func (c *channel) watched(p *run.Running, passed func(*run.Running)) (stop func()) {
	if passed == nil {
		return func() {}
	}
	return c.passed(func() { passed(p) })
}

// lullEvery is how often a process is asked whether its test has passed.
const lullEvery = 5 * time.Millisecond

// passed tells, once, when a process has reported that all is well, while it has not
// ended yet.
func (c *channel) passed(tell func()) (stop func()) {
	over := make(chan struct{})
	go func() {
		tick := time.NewTicker(lullEvery)
		defer tick.Stop()
		for {
			select {
			case <-over:
				return
			case <-tick.C:
			}
			if strings.HasSuffix(c.report(), c.secret+" done 0\n") {
				tell()
				return
			}
		}
	}()
	return func() { close(over) }
}
