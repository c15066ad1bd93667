package hitcounter_test

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/01-hit-counter"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/life/remote"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

func sum(classes [hitcounter.Classes]int64) (n int64) {
	for _, c := range classes {
		n += c
	}
	return n
}

func TestReportIsText(t *testing.T) {
	const want = "requests_total 2\nrequests_1xx 0\nrequests_2xx 1\nrequests_3xx 0\nrequests_4xx 1\nrequests_5xx 0\n"
	const lines = 6
	var c hitcounter.Counter
	c.Count(func() int { return 200 })
	c.Count(func() int { return 404 })
	var out strings.Builder
	require.NoError(t, c.Report(&out))
	assert.Equal(t, want, out.String())

	random := oracle.Random(t)
	for _, full := range append(life.Troubles("disk full"), context.Canceled, context.DeadlineExceeded) {
		// The disk fills up somewhere before the end of the report.
		room := random.IntN(len(want))
		disk := remote.Writer(func(p []byte) (int, error) {
			if len(p) > room {
				return room, full
			}
			room -= len(p)
			return len(p), nil
		})
		oracle.AssertWraps(t, c.Report(disk), full, "Report must return its writer's error")

		// This one rejects a single line and accepts the others. It may have taken that line.
		refused, taken := random.IntN(lines), random.IntN(2)
		moody := remote.Writer(func(p []byte) (int, error) {
			if refused -= strings.Count(string(p), "\n"); refused < 0 {
				refused = 1000
				return len(p) * taken, full
			}
			return len(p), nil
		})
		oracle.AssertWraps(t, c.Report(moody), full, "Report must return its writer's error, whichever line it was for")

		var next strings.Builder
		assert.NoError(t, c.Report(&next))
		assert.Equal(t, want, next.String(), "the last report failed, and this is the next one")
	}
	oracle.Within(t, func() { c.Hit(200) }, "Report failed, and now Hit blocks. What did Report not release?")
	assert.EqualValues(t, 3, c.Stats().Total)
}

// A request is counted once it has been served. The bubble's fake clock shows that
// counting it takes no extra time, before or after.
func TestCountedWhenServed(t *testing.T) {
	random := oracle.Random(t)
	oracle.Bubble(t, func(t *testing.T) {
		var c hitcounter.Counter
		var want hitcounter.Stats
		for range 5 + random.IntN(5) {
			status, long := 100+random.IntN(500), time.Duration(random.Int64N(int64(time.Hour)))
			served, began := 0, time.Now()
			c.Count(func() int {
				time.Sleep(long)
				served++
				return status
			})
			want.Total++
			want.Classes[status/100-1]++
			require.Equal(t, want, c.Stats(), "a request was served and Count has returned, but Stats does not include it")
			c.Hit(status)
			want.Total++
			want.Classes[status/100-1]++
			require.Equal(t, want, c.Stats(), "Hit has returned, but Stats does not include the request")
			require.Equal(t, 1, served, "Count must call serve exactly once")
			require.Equal(t, long, time.Since(began), "the request took %v. Counting it should take no extra time: what is Count waiting for?", long)
		}
	})
}

// Counts do not overflow at 8 or 16 bits. No test can wait for a billion requests. What is
// read again after exactly that many hits is not mistaken for what was read before.
func TestCountsFar(t *testing.T) {
	hits := []int{0, 1 << 8, 5}
	if oracle.Large(t) {
		hits = append(oracle.Exactly(), oracle.Far(), 5)
	}
	random := oracle.Random(t)
	var c hitcounter.Counter
	want := hitcounter.Stats{}
	for _, n := range hits {
		class := random.IntN(hitcounter.Classes)
		for range n {
			c.Hit(100 * (class + 1))
		}
		want.Total += int64(n)
		want.Classes[class] += int64(n)
		require.Equal(t, want, c.Stats(), "after one goroutine counted %d requests, %d of them now, all answered with a %dxx", want.Total, n, class+1)
		var out strings.Builder
		require.NoError(t, c.Report(&out))
		require.Equal(t, said(want), read(out.String()), "a report after %d requests, %d since the last report", want.Total, n)
	}
}

// What a call has counted is a number, and no more: a billion requests take no more memory
// than a thousand, whether the counts are read or not.
func TestMemoryDoesNotGrow(t *testing.T) {
	hits, kept := 100, func(calls func()) int64 { calls(); return 0 } // quick: memory is measured once
	if oracle.Large(t) {
		hits, kept = 50*oracle.Many(), oracle.Kept
	}
	forgotten := func(n int, what string, call func(i int)) {
		for i := range n / 10 { // these may take the memory that all need
			call(i)
		}
		grown := kept(func() {
			for i := range n {
				call(i)
			}
		})
		assert.Less(t, grown, int64(1<<16+n/4), "%d %s, and memory in use grew by this many bytes. What of a request is kept once it is counted?", n, what)
	}
	var c hitcounter.Counter
	counted := 0
	hit := func(i int) {
		c.Hit(100 + 100*(i%hitcounter.Classes))
		counted++
	}
	forgotten(hits, "requests were counted, and the counts were never read", hit)
	forgotten(hits, "requests were served, and the counts were never read", func(int) {
		c.Count(func() int { return 404 })
		counted++
	})
	forgotten(hits, "times the counts were read", func(int) { c.Stats() })
	forgotten(hits/10, "reports were written", func(int) { _ = c.Report(io.Discard) })
	forgotten(hits/2, "times a request was counted, and then the counts were read", func(i int) { hit(i); c.Stats() })
	forgotten(hits/10, "times a request was counted, and then a report was written", func(i int) { hit(i); _ = c.Report(io.Discard) })
	assert.EqualValues(t, counted, c.Stats().Total)
}

// Two goroutines, two hits each: enough for the race detector.
func TestTwoAtOnce(t *testing.T) {
	var c hitcounter.Counter
	oracle.Together(2, func(int) {
		c.Hit(200)
		c.Hit(500)
	})
	assert.EqualValues(t, 4, c.Stats().Total, "4 requests were answered")
}

// Many goroutines at once: a lost update shows in the sums. The number of requests and
// their statuses differ from run to run.
func TestNoHitIsLost(t *testing.T) {
	const rounds, parties = 4, 4
	random := oracle.Random(t)
	for range rounds {
		var c hitcounter.Counter
		var want hitcounter.Stats
		var statuses [parties][]int
		for i := range statuses {
			statuses[i] = make([]int, 900+random.IntN(200))
			for k := range statuses[i] {
				class := random.IntN(hitcounter.Classes)
				statuses[i][k] = 100 * (class + 1)
				want.Total++
				want.Classes[class]++
			}
		}
		oracle.Together(parties, func(i int) {
			for _, status := range statuses[i] {
				c.Hit(status)
			}
		})
		got := c.Stats()
		require.Equal(t, want.Total, got.Total,
			"%d requests were answered, %d were counted: an update was lost. Adding one is three steps (read, add, write), and two goroutines read the same value",
			want.Total, got.Total)
		require.Equal(t, want.Classes, got.Classes, "counts of requests answered with a 1xx, a 2xx, …: an update was lost")
	}
}

// One goroutine reads the counts while another keeps changing them. They must be a
// snapshot wherever the writer was preempted.
func TestStatsAddUp(t *testing.T) {
	random := oracle.Random(t)
	rounds := 8
	if runtime.GOMAXPROCS(0) == 1 { // each switch between the two takes ten milliseconds here
		rounds = 4
	}
	for range rounds {
		if statsAddUp(t, random.Perm(hitcounter.Classes)); t.Failed() {
			return
		}
	}
}

// statsAddUp reads the counts while the writer hits one class after the other, always in
// this order.
func statsAddUp(t *testing.T, order []int) {
	t.Helper()
	const reads = 100
	var c hitcounter.Counter
	var enough atomic.Bool
	oracle.Together(2, func(i int) {
		if i > 0 {
			for k := 0; !enough.Load(); k++ {
				c.Hit(100 + 100*order[k%len(order)])
			}
			return
		}
		defer enough.Store(true)
		for c.Stats().Total < 10 {
			runtime.Gosched()
		}
		for k := range reads {
			if got := c.Stats(); !assert.Equal(t, sum(got.Classes), got.Total,
				"Total and Classes disagree: a hit is counted in only one of them") || !assertInOrder(t, got, order) {
				return
			}
			if k%4 > 0 { // Report is slower, so call it less often
				continue
			}
			var out strings.Builder
			_ = c.Report(&out)
			if total, classes := added(out.String()); !assert.Equal(t, classes, total,
				"the lines of a report disagree: a hit is counted in only one of them") {
				return
			}
		}
	})
}

// assertInOrder fails t unless the counts are those of a prefix of the hits.
func assertInOrder(t *testing.T, got hitcounter.Stats, order []int) bool {
	t.Helper()
	var want [hitcounter.Classes]int64
	for i, class := range order {
		want[class] = (got.Total + int64(len(order)-1-i)) / int64(len(order))
	}
	return assert.Equal(t, want, got.Classes, "the counts contain a hit that came after one they lack: "+
		"one goroutine counts a request of each class, in the order %d, again and again", order)
}

// added returns the total of a report, and the sum of its other lines.
func added(report string) (total, classes int64) {
	for line := range strings.Lines(report) {
		name, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseInt(number, 10, 64) // a line without a number adds nothing
		if name == "requests_total" {
			total = n
		} else {
			classes += n
		}
	}
	return total, classes
}

// A monitoring scrape is a slow reader: another request is answered during each line.
// That hit must be counted, and the report must not mix two snapshots.
func TestReportIsASnapshot(t *testing.T) {
	var c hitcounter.Counter
	c.Hit(200)
	var out bytes.Buffer
	slow := remote.Writer(func(p []byte) (int, error) {
		c.Hit(404)
		return out.Write(p)
	})
	oracle.Within(t, func() { assert.NoError(t, c.Report(slow)) },
		"a request that was answered while Report wrote to a slow reader could not be counted. What does Report hold while it writes?")
	assert.True(t, strings.HasPrefix(out.String(), "requests_total 1\n"), "1 request had been answered when the report began:\n%s", out.String())
	assert.Contains(t, out.String(), "requests_4xx 0\n", "the report mixes two snapshots: its total is from before the 404s, its classes from after:\n%s", out.String())
	assert.Greater(t, c.Stats().Total, int64(1), "requests answered during a report must be counted")

	// Another report while one is written, and one has failed before.
	assert.Error(t, c.Report(remote.Writer(func([]byte) (int, error) { return 0, life.Failure("disk full") })))
	var before, around strings.Builder
	assert.NoError(t, c.Report(&before))
	others := 1
	assert.NoError(t, c.Report(remote.Writer(func(p []byte) (int, error) {
		for ; others > 0; others-- {
			c.Hit(200)
			assert.NoError(t, c.Report(io.Discard))
		}
		return around.Write(p)
	})))
	assert.Equal(t, before.String(), around.String(), "while this report was written, a request was counted, and another report was written")
}

// Any number of reports can be written to slow readers at the same time. When all of them
// wait for their readers, requests are still counted.
func TestReportsAreWrittenSideBySide(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{life.Size(random, 150)}
	if oracle.Large(t) {
		sizes = append(sizes, oracle.Many())
	}
	for _, readers := range sizes {
		var c hitcounter.Counter
		meeting := oracle.NewMeeting(1 + readers)
		oracle.Within(t, func() {
			oracle.Together(1+readers, func(i int) {
				if i == 0 {
					meeting.Arrive()
					c.Hit(200)
					return
				}
				assert.NoError(t, c.Report(remote.Writer(func(p []byte) (int, error) {
					meeting.Arrive()
					return len(p), nil
				})))
			})
		}, "these reports should be written at the same time, each to a slow reader, but some wait until others are done")
		assert.EqualValues(t, 1, c.Stats().Total)
	}
}

// Any number of requests can be served at the same time. The race detector only
// remembers about two hundred goroutines, so a small number comes first.
func TestRequestsAreServedSideBySide(t *testing.T) {
	random := oracle.Random(t)
	sizes := []int{20 + random.IntN(20)}
	if oracle.Large(t) {
		sizes = append(sizes, oracle.Many())
	}
	for _, parties := range sizes {
		var c hitcounter.Counter
		meeting := oracle.NewMeeting(parties)
		oracle.Within(t, func() {
			oracle.Together(parties, func(int) {
				c.Count(func() int {
					meeting.Arrive()
					return 200
				})
			})
		}, "these requests should be served concurrently, but some wait until others are done. Guard the counters, not the work")
		assert.EqualValues(t, parties, c.Stats().Total)
	}
}
