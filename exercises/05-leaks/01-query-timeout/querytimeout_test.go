package querytimeout_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/life/request"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// inBubble runs fn in a bubble, whose clock stands still while any goroutine can run,
// and jumps to the next timer when none can. So an hour takes no time, limits are
// exact to the nanosecond, and a goroutine that is blocked forever is found.
//
// When fn returns, all attempts have ended, and so must everything that Query began:
// running goroutines, sleeping ones, and timers that only check the context now and
// then, without a goroutine in between. Contexts that fn uses are made from ctx.
func inBubble(t *testing.T, fn func(t *testing.T, ctx context.Context)) {
	t.Helper()
	oracle.Bubble(t, func(t *testing.T) {
		ctx := oracle.Watch(context.Background())
		here := oracle.WhoIsHere()
		fn(t, ctx)
		atOnce := here.Left()
		looks := ctx.Asked()
		time.Sleep(time.Hour)
		switch stacks := here.Left(); {
		case len(stacks) > 0: // the test fails when the bubble ends
			t.Logf("Query has returned and its attempts have ended, but an hour later %d of its goroutines are still "+
				"here. What does each wait for, and what was meant to wake it?\n\n%s", len(stacks), strings.Join(stacks, "\n\n"))
			return
		case len(atOnce) > 0:
			t.Errorf("Query has returned and its attempts have ended, but %d of its goroutines stayed for a while. "+
				"What for?\n\n%s", len(atOnce), strings.Join(atOnce, "\n\n"))
		}
		assert.Equal(t, looks, ctx.Asked(), "Query has returned and its attempts have ended, "+
			"but something still uses the context of its caller")
		here.AssertNothingGoesOn(t, "Query returned long ago, and its attempts have ended.")
	})
}

// A server counts its requests. None may come from a query that has returned, and a
// query must never have two attempts running at the same time.
type server struct {
	asked, running, most atomic.Int64
}

// client returns a client of the server, which calls ask for each attempt.
func (s *server) client(limit time.Duration, ask func(ctx context.Context, query string) ([]string, error)) *querytimeout.Client {
	return &querytimeout.Client{Limit: limit, Ask: func(ctx context.Context, query string) ([]string, error) {
		s.asked.Add(1)
		s.most.Store(max(s.most.Load(), s.running.Add(1)))
		defer s.running.Add(-1)
		return ask(ctx, query)
	}}
}

// assertAsked fails t unless the server received that many requests, one after the
// other. It checks when the bubble ends, more than an hour after the query.
func (s *server) assertAsked(t *testing.T, times int) {
	t.Helper()
	t.Cleanup(func() {
		assert.EqualValues(t, times, s.asked.Load(), "number of requests to the server, an hour after Query returned: "+
			"requests whose answer is not used keep a server busy")
		assert.LessOrEqual(t, s.most.Load(), int64(1), "attempts of one query ran at the same time")
	})
}

// someLimit returns a limit that no fix can guess.
func someLimit() time.Duration { return time.Second + rand.N(time.Second) }

// sleepUntil returns once everything that is due at that moment has begun.
func sleepUntil(moment time.Time) { time.Sleep(time.Until(moment) + time.Nanosecond) }

// Answers that arrive in time, both results and errors.
func TestAnswersAreReturned(t *testing.T) {
	type key struct{}
	inBubble(t, func(t *testing.T, ctx context.Context) {
		id := fmt.Sprint(rand.Int())
		asked := 0
		var broken error
		c := querytimeout.Client{Limit: time.Second, Ask: func(ctx context.Context, query string) ([]string, error) {
			asked++
			assert.Equal(t, id, ctx.Value(key{}), "the context of an attempt must carry the values of the caller's context")
			assert.NoError(t, ctx.Err(), "the query has only just begun")
			if query == "bad" {
				return nil, fmt.Errorf("query: %w", broken)
			}
			pause, _ := time.ParseDuration(query)
			time.Sleep(pause)
			return []string{query, id}, nil
		}}
		ctx = context.WithValue(ctx, key{}, id)
		for _, query := range []string{"0s", "999ms"} {
			rows, err := c.Query(ctx, query)
			assert.NoError(t, err, "the answer arrived in time")
			assert.Equal(t, []string{query, id}, rows)
		}
		for _, broken = range life.Troubles("table is broken") {
			asked = 0
			_, err := c.Query(ctx, "bad")
			oracle.AssertWraps(t, err, broken, "Query must return the server's error")
			assert.NotErrorIs(t, err, querytimeout.ErrBusy, "the server was not busy")
			assert.Equal(t, 1, asked, "only a busy server is asked again, and this one said “%v”", broken)
		}
	})
	random := oracle.Random(t)
	ends := []error{nil, life.Trouble(random, "table is broken")}
	if oracle.Large(t) {
		assertAnyLength(t)
		for busy := range querytimeout.Tries + 1 {
			for _, answer := range ends {
				leavesNothing(t, busy, answer)
			}
		}
	} else {
		leavesNothing(t, random.IntN(querytimeout.Tries+1), ends[random.IntN(2)])
	}
}

// assertAnyLength fails t unless queries and rows may be long, and rows may be many.
func assertAnyLength(t *testing.T) {
	t.Helper()
	inBubble(t, func(t *testing.T, ctx context.Context) {
		answer := make([]string, oracle.Beyond(20_000, 1<<20+1))
		for i := range answer {
			answer[i] = strconv.Itoa(i)
		}
		asked := ""
		c := querytimeout.Client{Limit: time.Second, Ask: func(_ context.Context, query string) ([]string, error) {
			asked = query
			return answer, nil
		}}
		check := func(query string) {
			want := slices.Clone(answer)
			rows, err := c.Query(ctx, query)
			assert.NoError(t, err, "the answer arrived in time")
			require.True(t, asked == query, "the query is %s, and the server was asked for %s", life.Quoted(query), life.Quoted(asked))
			require.True(t, slices.Equal(want, answer), "Query changed the list that the server has sent")
			require.Equal(t, len(want), len(rows), "number of rows")
			for i, row := range rows {
				if row != want[i] {
					require.Fail(t, "wrong row", "row %d of %d is %s, and the server has sent %s", i+1, len(rows), life.Quoted(row), life.Quoted(want[i]))
				}
			}
		}
		check("all")
		for _, rows := range [][]string{{"1", "1", "2"}, {"", "1", ""}, {"2", "", "", "1"}} {
			answer = rows
			check("some")
		}
		for _, text := range life.LongTwins(20_000) {
			answer = []string{text, "short"}
			check(text)
		}
	})
}

// leavesNothing makes queries to a server that is busy a few times, and then answers.
func leavesNothing(t *testing.T, busy int, answer error) {
	t.Helper()
	oracle.Bubble(t, func(t *testing.T) {
		here, asked := oracle.WhoIsHere(), 0
		c := querytimeout.Client{Limit: someLimit(), Ask: func(context.Context, string) ([]string, error) {
			if asked++; asked <= busy {
				return nil, querytimeout.ErrBusy
			}
			return nil, answer
		}}
		for range 300 {
			asked = 0
			_, err := c.Query(t.Context(), "now")
			switch {
			case busy >= querytimeout.Tries:
				require.ErrorIs(t, err, querytimeout.ErrBusy, "the server was busy every time")
			case answer != nil:
				oracle.AssertWraps(t, err, answer, "Query must return the server's error")
			default:
				require.NoError(t, err, "the answer arrived in time")
			}
		}
		here.AssertNothingGoesOn(t, fmt.Sprintf("300 queries have found the server busy %d times, and had their answer before their limit.", busy))
	})
}

// The first attempt is slow, so Query is waiting for it. The others return immediately.
func TestBusyServerIsAskedAgain(t *testing.T) {
	type key struct{}
	assert.Equal(t, 3, querytimeout.Tries, "Tries")
	inBubble(t, func(t *testing.T, ctx context.Context) {
		for range 50 {
			busy := 1 + rand.N(querytimeout.Tries) // number of attempts that find the server busy
			asked, row := 0, fmt.Sprint(rand.Int())
			c := querytimeout.Client{Limit: time.Minute, Ask: func(ctx context.Context, _ string) ([]string, error) {
				asked++
				assert.Equal(t, row, ctx.Value(key{}), "attempt %d: its context must carry the values of the caller's context", asked)
				assert.NoError(t, ctx.Err(), "attempt %d: the query is not over yet", asked)
				if asked == 1 {
					time.Sleep(time.Second)
				}
				if asked <= busy {
					return nil, fmt.Errorf("attempt %d: %w", asked, querytimeout.ErrBusy)
				}
				return []string{row}, nil
			}}
			start := time.Now()
			rows, err := c.Query(context.WithValue(ctx, key{}, row), "query")
			if !assert.Equal(t, time.Second, time.Since(start),
				"the server had answered all attempts after one second: Query lost an answer or paused") {
				return
			}
			if busy < querytimeout.Tries {
				assert.NoError(t, err, "busy %d times, then rows", busy)
				assert.Equal(t, []string{row}, rows)
			} else {
				oracle.AssertWraps(t, err, querytimeout.ErrBusy, "the server was busy every time")
			}
			assert.Equal(t, min(busy+1, querytimeout.Tries), asked, "number of attempts if the server is busy %d times", busy)
		}
	})
}

// Any number of queries can reach the server at the same time, and find it busy, too.
func TestQueriesRunSideBySide(t *testing.T) {
	parties := someParties(t)
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T, ctx context.Context) {
			first, second := oracle.NewMeeting(parties), oracle.NewMeeting(parties)
			asked := make([]int, parties) // how often, by query
			c := querytimeout.Client{Limit: time.Minute, Ask: func(_ context.Context, query string) ([]string, error) {
				i, _ := strconv.Atoi(query)
				if asked[i]++; asked[i] == 1 {
					first.Arrive()
					return nil, querytimeout.ErrBusy
				}
				second.Arrive()
				return []string{query}, nil
			}}
			var group sync.WaitGroup
			for i := range parties {
				group.Go(func() {
					rows, err := c.Query(ctx, fmt.Sprint(i))
					assert.NoError(t, err, "these queries should run concurrently, but one had to wait for another")
					assert.Equal(t, []string{fmt.Sprint(i)}, rows)
				})
			}
			group.Wait()
		})
	}, "these queries should run concurrently, but some wait for earlier ones")
}

// someParties returns how many queries run concurrently. The first run in a process
// has more than any limit in a fix could allow for; the other runs are quick.
func someParties(t *testing.T) int {
	if oracle.Large(t) {
		return oracle.Many()
	}
	return 20 + oracle.Random(t).IntN(20)
}

// The driver ignores its context and returns late.
func TestGivesUpAtTheLimit(t *testing.T) {
	givesUpAtTheLimit(t, someLimit())
	for limit := aLifetime - rand.N(aLifetime/2); limit > time.Microsecond && !t.Failed(); limit /= 500 + rand.N[time.Duration](500) {
		givesUpAtTheLimit(t, limit)
		isInTime(t, limit)
	}
}

// aLifetime is longer than any limit, and short enough for the clock of a bubble.
const aLifetime = 50 * 365 * 24 * time.Hour

// isInTime fails t unless an answer comes in time that comes just before the limit.
func isInTime(t *testing.T, limit time.Duration) {
	t.Helper()
	inBubble(t, func(t *testing.T, ctx context.Context) {
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			time.Sleep(limit - 1)
			return []string{"in time"}, nil
		}}
		rows, err := c.Query(ctx, "query")
		assert.NoError(t, err, "the limit is %v, and the server has answered a nanosecond before", limit)
		assert.Equal(t, []string{"in time"}, rows)
	})
}

func givesUpAtTheLimit(t *testing.T, limit time.Duration) {
	t.Helper()
	inBubble(t, func(t *testing.T, ctx context.Context) {
		var s server
		c := s.client(limit, func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return []string{"too late"}, nil
		})
		start := time.Now()
		rows, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server answered")
		assert.Equal(t, limit, time.Since(start), "Query returned after its limit of %v or before", limit)
		assert.Empty(t, rows, "the server did not answer")
		sleepUntil(start.Add(2 * limit))
		s.assertAsked(t, 1)
	})
}

// A limit of zero or less is over immediately. Whether the server is asked
// does not matter.
func TestNoTimeIsNoTime(t *testing.T) {
	for _, limit := range []time.Duration{0, -1, -someLimit()} {
		inBubble(t, func(t *testing.T, ctx context.Context) {
			const slow = time.Minute
			c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
				time.Sleep(slow)
				return []string{"too late"}, nil
			}}
			start := time.Now()
			rows, err := c.Query(ctx, "query")
			oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server answered")
			assert.Zero(t, time.Since(start), "with a limit of %v, Query must return immediately", limit)
			assert.Empty(t, rows, "the server did not answer")
			sleepUntil(start.Add(slow))
		})
	}
}

func TestGivesUpWhenTheCallerDoes(t *testing.T) {
	hungUp := oracle.Sentinel("the line is dead")
	for _, end := range slices.Concat(life.Failures("the line is dead"), life.Endings(hungUp), []error{context.Canceled}) {
		if givesUpWithTheCaller(t, end); t.Failed() {
			return
		}
	}
	callers := 30
	if oracle.Large(t) {
		callers = 300
	}
	manyGiveUp(t, callers, "while the server was slow", func(cancel func()) { time.AfterFunc(time.Microsecond, cancel) })
	manyGiveUp(t, callers, "before they called Query", func(cancel func()) { cancel() })
}

// manyGiveUp fails t unless nothing is left of queries that end with their callers.
func manyGiveUp(t *testing.T, callers int, when string, end func(cancel func())) {
	t.Helper()
	oracle.Bubble(t, func(t *testing.T) {
		here := oracle.WhoIsHere()
		c := querytimeout.Client{Limit: time.Second + someLimit(), Ask: func(ctx context.Context, _ string) ([]string, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}
		for range callers {
			ctx, cancel := context.WithCancel(t.Context())
			end(cancel)
			_, err := c.Query(ctx, "slow")
			require.ErrorIs(t, err, context.Canceled, "the caller has given up")
			synctest.Wait()
		}
		here.AssertNothingGoesOn(t, fmt.Sprintf("The callers of %d queries gave up %s.", callers, when))
	})
}

// givesUpWithTheCaller ends the caller's context with an error. If that is not
// context.Canceled, the context is of the caller's own type.
func givesUpWithTheCaller(t *testing.T, end error) {
	t.Helper()
	inBubble(t, func(t *testing.T, ctx context.Context) {
		limit := someLimit()
		patience := rand.N(limit/2) + limit/4
		var s server
		c := s.client(limit, func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return []string{"too late"}, nil
		})
		ctx, hangUp := request.Open(ctx)
		if end == context.Canceled {
			var cancel context.CancelFunc
			ctx, cancel = context.WithCancel(ctx)
			hangUp = func(error) { cancel() }
		}
		time.AfterFunc(patience, func() { hangUp(end) })
		start := time.Now()
		_, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, end, "the caller's context was over, with this error, before the server answered")
		assert.Equal(t, patience, time.Since(start), "Query must return at the moment the caller cancels")
		sleepUntil(start.Add(2 * limit))
		s.assertAsked(t, 1)
	})
}

// Three attempts, each within the limit, but not together.
func TestLimitIsForAllAttempts(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		limit := someLimit()
		var s server
		c := s.client(limit, func(context.Context, string) ([]string, error) {
			time.Sleep(limit * 2 / 5)
			return nil, querytimeout.ErrBusy
		})
		start := time.Now()
		_, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server answered")
		assert.Equal(t, limit, time.Since(start), "Query must return at the limit, which is for all attempts together")
		sleepUntil(start.Add(3 * (limit * 2 / 5)))
		s.assertAsked(t, 3)
	})
}

// The driver returns only when its context is cancelled. That must happen during the
// first attempt as well as the last.
func TestAttemptIsToldToStop(t *testing.T) {
	for _, callerGivesUp := range []bool{false, true} {
		for slow := range querytimeout.Tries {
			inBubble(t, func(t *testing.T, ctx context.Context) {
				limit := someLimit()
				told := make(chan time.Time, querytimeout.Tries)
				attempt := 0
				c := querytimeout.Client{Limit: limit, Ask: func(ctx context.Context, _ string) ([]string, error) {
					attempt++
					if attempt <= slow {
						time.Sleep(limit / 10)
						return nil, querytimeout.ErrBusy
					}
					<-ctx.Done()
					told <- time.Now()
					return nil, ctx.Err()
				}}
				if callerGivesUp {
					var cancel context.CancelFunc
					ctx, cancel = context.WithCancel(ctx)
					time.AfterFunc(limit/3, cancel)
				}
				_, err := c.Query(ctx, "query")
				returned := time.Now()
				assert.Error(t, err)
				sleepUntil(returned.Add(2 * limit))
				select {
				case at := <-told:
					assert.Equal(t, returned, at, "Query has returned, but its attempt was not cancelled at the same moment")
				default: // it still waits, and the end of the bubble reports it
				}
			})
		}
	}
}

// The server is busy, answers late, and stays busy.
func TestLateBusyAnswersLeaveNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		limit := someLimit()
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return nil, querytimeout.ErrBusy
		}}
		start := time.Now()
		_, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server answered")
		sleepUntil(start.Add(2 * limit))
	})
}

func TestLateBusyAnswerIsNotAskedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		limit := someLimit()
		var s server
		c := s.client(limit, func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return nil, querytimeout.ErrBusy
		})
		start := time.Now()
		_, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server answered")
		sleepUntil(start.Add(2 * limit))
		s.assertAsked(t, 1)
	})
}
