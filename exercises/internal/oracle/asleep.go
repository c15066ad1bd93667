package oracle

import (
	"runtime/metrics"
	"testing"
	"time"
)

// aLongTime is so long that what wakes once a day wakes thousands of times.
const aLongTime = 10 * 365 * 24 * time.Hour

// maxWoken is the number of times that goroutines of the runtime and of the test may
// be woken meanwhile. The runtime notes every eighth.
const maxWoken = 200

// AssertSleeps lets ten years pass on the clock of a synctest bubble, and fails t if
// goroutines are woken again and again meanwhile. All others must be blocked, and not for
// a lock, with which no time passes. The story says what waits.
func AssertSleeps(t testing.TB, story string) {
	t.Helper()
	before := woken()
	time.Sleep(aLongTime)
	if n := woken() - before; n > maxWoken {
		t.Errorf("%s, and nothing else happens. Within ten years goroutines were woken some %d times. Is there a timer that checks whether something was missed?", story, 8*n)
	}
}

// woken returns how often the runtime has noted that a goroutine which could run has
// been run.
func woken() (n uint64) {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	for _, count := range sample[0].Value.Float64Histogram().Counts {
		n += count
	}
	return n
}
