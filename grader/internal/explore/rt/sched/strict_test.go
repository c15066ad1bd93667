package sched

import (
	"testing"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
)

// A strict job counts what its tests have taken, however long a busy machine has
// kept the processor from them.
func TestLateByProcessorTime(t *testing.T) {
	for _, c := range []struct {
		strict, late bool
		cpu          time.Duration // taken before the test began
	}{
		{strict: false, late: true, cpu: cpuTime()},
		{strict: true, late: false, cpu: cpuTime()},
		{strict: true, late: true, cpu: cpuTime() - time.Hour},
	} {
		w := &worker{job: wire.Job{Strict: c.strict, Millis: 600_000}, current: "TestX", began: sinceOrigin() - time.Hour, cpu: c.cpu}
		if got := w.late(); got != c.late {
			t.Errorf("%+v: late is %t", c, got)
		}
		if got, want := w.overdrawn(time.Second), c.strict && c.late; got != want {
			t.Errorf("%+v: overdrawn is %t", c, got)
		}
	}
}

// A schedule that was given up is no pass, where the job is strict or not.
func TestUnendedScheduleIsNoPass(t *testing.T) {
	for _, strict := range []bool{false, true} {
		w := &worker{t: t, job: wire.Job{Strict: strict}}
		w.lingered(&Finding{Kind: Running}, Result{}, 7)
		if o := w.held(wire.Outcome{Kind: wire.Pass}, Test{Run: func() {}}); o.Kind != Running {
			t.Errorf("strict %t: %s", strict, o.Kind)
		}
	}
}

// A test that fails in every schedule has not passed, whatever is set aside.
func TestAllSetAsideIsNoPass(t *testing.T) {
	for doubts, want := range map[int]wire.Kind{0: wire.Pass, 9: wire.Pass, 10: Timing} {
		w := &worker{t: t, doubt: &Finding{Kind: Wrong}}
		if o := w.held(wire.Outcome{Kind: wire.Pass, Schedules: 10, Doubts: doubts}, Test{}); o.Kind != want {
			t.Errorf("%d of 10: %s, want %s", doubts, o.Kind, want)
		}
	}
}
