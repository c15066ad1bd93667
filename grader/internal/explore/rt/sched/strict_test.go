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
		w := &worker{job: wire.Job{Strict: c.strict, Millis: 600_000}, current: "TestX", began: time.Now().Add(-time.Hour), cpu: c.cpu}
		if got := w.late(); got != c.late {
			t.Errorf("%+v: late is %t", c, got)
		}
		if got, want := w.overdrawn(time.Second), c.strict && c.late; got != want {
			t.Errorf("%+v: overdrawn is %t", c, got)
		}
	}
}

// A schedule that was given up is no pass where the job is strict, and nothing that
// counts elsewhere.
func TestUnendedScheduleIsNoPass(t *testing.T) {
	for strict, want := range map[bool]wire.Kind{false: wire.Pass, true: wire.Running} {
		w := &worker{t: t, job: wire.Job{Strict: strict}}
		w.lingered(&Finding{Kind: Running}, Result{}, 7)
		if o := w.held(wire.Outcome{Kind: wire.Pass}, Test{Run: func() {}}); o.Kind != want {
			t.Errorf("strict %t: %s, want %s", strict, o.Kind, want)
		}
	}
}
