package hitcounter_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"heisenkata/exercises/01-shared-state/01-hit-counter"
	"heisenkata/exercises/internal/contract"
)

type (
	call    = contract.Call[*hitcounter.Counter, hitcounter.Stats]
	step    = contract.Step[hitcounter.Stats]
	outcome = contract.Outcome[hitcounter.Stats]
)

// What each method does, were it the only one under way.
var counter = contract.Contract[*hitcounter.Counter, hitcounter.Stats]{
	New: func(*rand.Rand) (*hitcounter.Counter, hitcounter.Stats) {
		return &hitcounter.Counter{}, hitcounter.Stats{}
	},
	Calls: []contract.Draw[*hitcounter.Counter, hitcounter.Stats]{hit, stats, report, count},
	Last:  []contract.Draw[*hitcounter.Counter, hitcounter.Stats]{stats, report},
}

// Hit adds one to the total and to its class.
func hit(r *rand.Rand) call {
	status := someStatus(r)
	return call{
		Name:  fmt.Sprintf("Hit(%d)", status),
		Do:    func(c *hitcounter.Counter, _ contract.Moments) any { c.Hit(status); return nil },
		Steps: []step{adds(status)},
	}
}

// Stats returns what has been counted, and changes nothing.
func stats(*rand.Rand) call {
	return call{
		Name:  "Stats()",
		Do:    func(c *hitcounter.Counter, _ contract.Moments) any { return said(c.Stats()) },
		Steps: []step{shows},
	}
}

// Report writes what has been counted at one moment. While its reader takes his
// time, everybody else goes on.
func report(*rand.Rand) call {
	return call{
		Name: "Report(w)",
		Slow: true,
		Do: func(c *hitcounter.Counter, m contract.Moments) any {
			var out strings.Builder
			err := c.Report(writerFunc(func(p []byte) (int, error) {
				m.Pause()
				return out.Write(p)
			}))
			if err != nil {
				return err.Error()
			}
			return read(out.String())
		},
		Steps: []step{shows},
	}
}

// Count adds one when its request has been served. While it is served, everybody
// else goes on.
func count(r *rand.Rand) call {
	status := someStatus(r)
	return call{
		Name: fmt.Sprintf("Count(serve a %d)", status),
		Slow: true,
		Do: func(c *hitcounter.Counter, m contract.Moments) any {
			c.Count(func() int { m.Next("serve"); return status })
			return nil
		},
		Steps: []step{
			func(s hitcounter.Stats) []outcome { return []outcome{{Out: "serve", After: s}} },
			adds(status),
		},
	}
}

func adds(status int) step {
	return func(s hitcounter.Stats) []outcome {
		s.Total++
		s.Classes[status/100-1]++
		return []outcome{{After: s}}
	}
}

// someStatus is one of two classes more often than not: two hits of one class are
// what gets lost.
func someStatus(r *rand.Rand) int {
	return []int{200, 404, 100 + r.IntN(500)}[r.IntN(3)]
}

// shows is for calls that return what has been counted, and change nothing.
func shows(s hitcounter.Stats) []outcome { return []outcome{{Out: said(s), After: s}} }

// said is what has been counted, in short: "3 (2xx 2, 4xx 1)".
func said(s hitcounter.Stats) string {
	var classes []string
	for i, n := range s.Classes {
		if n != 0 {
			classes = append(classes, fmt.Sprintf("%dxx %d", i+1, n))
		}
	}
	if classes == nil {
		return fmt.Sprint(s.Total)
	}
	return fmt.Sprintf("%d (%s)", s.Total, strings.Join(classes, ", "))
}

// read is what a report says, in the same form; or the report, if it is none.
func read(report string) string {
	var s hitcounter.Stats
	const form = "requests_total %d\nrequests_1xx %d\nrequests_2xx %d\nrequests_3xx %d\nrequests_4xx %d\nrequests_5xx %d\n"
	c := &s.Classes
	if n, err := fmt.Sscanf(report, form, &s.Total, &c[0], &c[1], &c[2], &c[3], &c[4]); n != 6 || err != nil {
		return report
	}
	return said(s)
}

// Two goroutines, one call each: every call beside every other.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, counter, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// Two or three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, counter, contract.Shape{Before: 2, Goroutines: 3, Calls: 2})
}

// A request that is being served, or a reader that takes his time, holds up nobody.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, counter, contract.Shape{Before: 1, Goroutines: 3, Calls: 1, Hold: true})
}
