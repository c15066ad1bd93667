package hitcounter_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"heisenkata/exercises/01-shared-state/01-hit-counter"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life/remote"
	"heisenkata/exercises/internal/oracle"
)

type (
	call    = contract.Call[*hitcounter.Counter, hitcounter.Stats]
	step    = contract.Step[hitcounter.Stats]
	outcome = contract.Outcome[hitcounter.Stats]
)

// What each method does when no other call is running.
var counter = contract.Contract[*hitcounter.Counter, hitcounter.Stats]{
	New: func(*rand.Rand) (*hitcounter.Counter, hitcounter.Stats) {
		return &hitcounter.Counter{}, hitcounter.Stats{}
	},
	Calls: []contract.Draw[*hitcounter.Counter, hitcounter.Stats]{hit, stats, report, count},
	Last:  []contract.Draw[*hitcounter.Counter, hitcounter.Stats]{stats, report},
}

// Hit adds one to the total and to the count of its class.
func hit(r *rand.Rand) call { return hitOf(someStatus(r)) }

func hitAny(r *rand.Rand) call { return hitOf(100 * (1 + r.IntN(hitcounter.Classes))) }

func hitOf(status int) call {
	return call{
		Name:  fmt.Sprintf("Hit(%d)", status),
		Do:    func(c *hitcounter.Counter, _ contract.Moments) any { c.Hit(status); return nil },
		Steps: []step{adds(status)},
	}
}

// Stats returns the counts and changes nothing.
func stats(*rand.Rand) call {
	return call{
		Name:  "Stats()",
		Do:    func(c *hitcounter.Counter, _ contract.Moments) any { return said(c.Stats()) },
		Steps: []step{shows},
	}
}

// Report writes a consistent snapshot of the counts. A slow reader delays
// no other call.
func report(*rand.Rand) call {
	return call{
		Name: "Report(w)",
		Slow: true,
		Do: func(c *hitcounter.Counter, m contract.Moments) any {
			var out strings.Builder
			err := c.Report(remote.Writer(func(p []byte) (int, error) {
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

// Count adds one once its request has been served. A slow request delays
// no other call.
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

// someStatus favors two classes: updates get lost when several hits go to
// the same class.
func someStatus(r *rand.Rand) int {
	return []int{200, 404, 100 + r.IntN(500)}[r.IntN(3)]
}

// shows is the step of calls that return the counts and change nothing.
func shows(s hitcounter.Stats) []outcome { return []outcome{{Out: said(s), After: s}} }

// said formats the counts in short form: "3 (2xx 2, 4xx 1)".
func said(s hitcounter.Stats) string {
	text := strconv.FormatInt(s.Total, 10)
	before, after := " (", ""
	for i, n := range s.Classes {
		if n != 0 {
			text += before + strconv.Itoa(i+1) + "xx " + strconv.FormatInt(n, 10)
			before, after = ", ", ")"
		}
	}
	return text + after
}

// names are the names in a report, one per line.
var names = []string{"requests_total", "requests_1xx", "requests_2xx", "requests_3xx", "requests_4xx", "requests_5xx"}

// read parses a report into the same form. Anything that is not a report is returned as it is.
func read(report string) string {
	lines := strings.Split(strings.TrimSuffix(report, "\n"), "\n")
	var numbers [1 + hitcounter.Classes]int64
	for i, line := range lines {
		if i == len(names) {
			return report
		}
		name, number, _ := strings.Cut(line, " ")
		n, err := strconv.ParseInt(number, 10, 64)
		if name != names[i] || err != nil {
			return report
		}
		numbers[i] = n
	}
	if len(lines) < len(names) {
		return report
	}
	return said(hitcounter.Stats{Total: numbers[0], Classes: [hitcounter.Classes]int64(numbers[1:])})
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, counter, contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A few goroutines with a few calls each. In some programs each of them looks at the
// counts, and then counts a hit of another class: what they have seen has to agree.
func TestScheduleManyCalls(t *testing.T) {
	calls, shape := counter, contract.Shape{Before: 2, Goroutines: 3, Calls: 2}
	if rand.IntN(4) == 0 {
		calls.Calls = []contract.Draw[*hitcounter.Counter, hitcounter.Stats]{stats, hitAny}
		shape = contract.Shape{Goroutines: 3, Calls: 2, Agree: true}
	}
	contract.Check(t, calls, shape)
}

// One call during a long series of others: whatever it reads twice has changed in
// between, however often it retries.
func TestScheduleOneAmongMany(t *testing.T) {
	busy := counter
	busy.Calls = []contract.Draw[*hitcounter.Counter, hitcounter.Stats]{hit, stats, stats, report}
	busy.Busy = []contract.Draw[*hitcounter.Counter, hitcounter.Stats]{hit, hit, hit, count}
	contract.Check(t, busy, contract.Shape{Goroutines: 2, Calls: 1, Many: 120})
}

// Neither a request that is being served nor a slow reader delays any other call.
func TestScheduleOneIsSlow(t *testing.T) {
	contract.Check(t, counter, contract.Shape{Before: 1, Goroutines: 3, Calls: 1, Hold: true})
}

// One goroutine, with more calls than any special case in a fix would cover.
func TestCountsOneByOne(t *testing.T) {
	calls := 100
	if oracle.Large(t) {
		calls = 1100
	}
	contract.Check(t, counter, contract.Shape{Before: calls})
}

// Two counters have nothing to do with each other.
func TestTwoCounters(t *testing.T) {
	contract.Apart(t, counter)
}
