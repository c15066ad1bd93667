package hitcounter_test

import (
	"bytes"
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
	var c hitcounter.Counter
	c.Count(func() int { return 200 })
	c.Count(func() int { return 404 })
	var out strings.Builder
	require.NoError(t, c.Report(&out))
	assert.Equal(t, want, out.String())

	random := oracle.Random(t)
	for _, full := range life.Troubles("disk full") {
		// The disk is full before the report is written, wherever that is.
		room := random.IntN(len(want))
		disk := remote.Writer(func(p []byte) (int, error) {
			if len(p) > room {
				return room, full
			}
			room -= len(p)
			return len(p), nil
		})
		oracle.AssertWraps(t, c.Report(disk), full, "Report must pass on what its writer said")

		// It refuses one line, and takes the others.
		refused := random.IntN(strings.Count(want, "\n"))
		moody := remote.Writer(func(p []byte) (int, error) {
			if refused -= strings.Count(string(p), "\n"); refused < 0 {
				refused = 1000
				return 0, full
			}
			return len(p), nil
		})
		oracle.AssertWraps(t, c.Report(moody), full, "Report must pass on what its writer said of any line")
	}
	oracle.Within(t, func() { c.Hit(200) }, "a Report has failed, and now a request cannot be counted. What has Report not given back?")
	assert.EqualValues(t, 3, c.Stats().Total)
}

// A request is counted when it has been served: in a bubble with a clock of its
// own, where everybody else's work takes no time, neither before nor later.
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
			require.Equal(t, want, c.Stats(), "a request was served, Count has returned, and Stats does not know of it")
			c.Hit(status)
			want.Total++
			want.Classes[status/100-1]++
			require.Equal(t, want, c.Stats(), "a request was counted, Hit has returned, and Stats does not know of it")
			require.Equal(t, 1, served, "Count has returned: it was to serve one request, once")
			require.Equal(t, long, time.Since(began), "the request took %v. Counting it takes no time of its own: who waits, and for what?", long)
		}
	})
}

// A counter counts far.
func TestCountsFar(t *testing.T) {
	hits := 1<<8 + 5
	if oracle.Large(t) {
		hits = 1<<16 + 5 // more than 16 bits hold
	}
	var c hitcounter.Counter
	for range hits {
		c.Hit(200)
	}
	assert.Equal(t, hitcounter.Stats{Total: int64(hits), Classes: [hitcounter.Classes]int64{1: int64(hits)}}, c.Stats(), "one goroutine has counted %d answers with 200", hits)
	countsOnWhenFull(t)
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

// Many at once: a lost update shows in the sum. How many they are and what they
// are answered is another in each run.
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
		require.Equal(t, want.Classes, got.Classes, "requests answered with a 1xx, a 2xx, …: an update was lost")
	}
}

// Somebody reads the numbers while somebody else, in the middle of his work, keeps
// changing them. Wherever he has just been stopped, they must add up.
func TestStatsAddUp(t *testing.T) {
	const reads = 100
	rounds := 8
	if runtime.GOMAXPROCS(0) == 1 { // where each switch between the two takes ten milliseconds
		rounds = 4
	}
	for range rounds {
		var c hitcounter.Counter
		var enough atomic.Bool
		oracle.Together(2, func(i int) {
			if i == 0 {
				for status := 100; !enough.Load(); status = 100 + (status+100)%500 {
					c.Hit(status)
				}
				return
			}
			defer enough.Store(true)
			for c.Stats().Total < 10 {
				runtime.Gosched()
			}
			for k := range reads {
				if got := c.Stats(); !assert.Equal(t, sum(got.Classes), got.Total,
					"Total and Classes are not of one moment: somebody's hit is counted in one of them only") {
					return
				}
				if k%4 > 0 { // a report takes longer
					continue
				}
				var out strings.Builder
				_ = c.Report(&out)
				if total, classes := added(out.String()); !assert.Equal(t, classes, total,
					"the lines of a report are not of one moment: somebody's hit is counted in one of them only") {
					return
				}
			}
		})
		if t.Failed() {
			return
		}
	}
}

// added is the total of a report, and the sum of its other lines.
func added(report string) (total, classes int64) {
	for line := range strings.Lines(report) {
		name, number, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseInt(number, 10, 64) // what is no number is not counted
		if name == "requests_total" {
			total = n
		} else {
			classes += n
		}
	}
	return total, classes
}

// A scrape of the report is a slow reader: each line it takes, another request
// is answered. The hit must be counted, and the report must not mix two moments.
func TestReportIsOfOneMoment(t *testing.T) {
	var c hitcounter.Counter
	c.Hit(200)
	var out bytes.Buffer
	slow := remote.Writer(func(p []byte) (int, error) {
		c.Hit(404)
		return out.Write(p)
	})
	oracle.Within(t, func() { assert.NoError(t, c.Report(slow)) },
		"a request was answered while Report wrote to a slow reader, and could not be counted. What does Report hold while it writes?")
	assert.True(t, strings.HasPrefix(out.String(), "requests_total 1\n"), "the report began when 1 request had been answered:\n%s", out.String())
	assert.Contains(t, out.String(), "requests_4xx 0\n", "the total was taken before the 404s, the classes after: the report mixes two moments:\n%s", out.String())
	assert.Greater(t, c.Stats().Total, int64(1), "requests answered during the report must be counted")
}

// However many requests there are, all must be able to be served at the same time.
// The race detector tells some two hundred goroutines apart, so few come first.
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
		}, "many requests were to be served at once, but some wait until others have been. Guard the counters, not the work")
		assert.EqualValues(t, parties, c.Stats().Total)
	}
}
