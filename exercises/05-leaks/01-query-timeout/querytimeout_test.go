package querytimeout_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/01-query-timeout"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// inBubble runs fn where the clock stands still while anybody can work, and
// jumps to the next alarm when nobody can. So an hour takes no time, a limit is
// met to the nanosecond, and whoever is blocked for good is seen in the end.
//
// When fn returns, all attempts have ended, and so must all that Query began:
// who still runs, who sleeps, and who only looks at the context now and then,
// with no goroutine in between. The contexts that fn uses are made from ctx.
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
		case len(stacks) > 0: // the end of the bubble fails the test
			t.Logf("Query has returned, its attempts have ended, and an hour later %d of its goroutines can be found "+
				"here. What does it wait for, and who was to come?\n\n%s", len(stacks), strings.Join(stacks, "\n\n"))
			return
		case len(atOnce) > 0:
			t.Errorf("Query has returned, its attempts have ended, and %d of its goroutines stayed on for a while. "+
				"What for?\n\n%s", len(atOnce), strings.Join(atOnce, "\n\n"))
		}
		assert.Equal(t, looks, ctx.Asked(), "Query has returned, its attempts have ended, "+
			"and somebody still looks at the context of a caller who has gone home")
		here.AssertNothingGoesOn(t, "Query returned long ago, and its attempts have ended.")
	})
}

// A server counts who asks it. Nobody may ask on behalf of a query that has
// returned, and no query may have two attempts under way at once.
type server struct {
	asked, running, most atomic.Int64
}

// client returns a client of the server, which answers as ask does.
func (s *server) client(limit time.Duration, ask func(ctx context.Context, query string) ([]string, error)) *querytimeout.Client {
	return &querytimeout.Client{Limit: limit, Ask: func(ctx context.Context, query string) ([]string, error) {
		s.asked.Add(1)
		s.most.Store(max(s.most.Load(), s.running.Add(1)))
		defer s.running.Add(-1)
		return ask(ctx, query)
	}}
}

// assertAsked fails t unless the server was asked that often, one attempt after
// the other. It looks when the bubble ends, an hour and more after the query did.
func (s *server) assertAsked(t *testing.T, times int) {
	t.Helper()
	t.Cleanup(func() {
		assert.EqualValues(t, times, s.asked.Load(), "so often was the server asked, an hour after Query had returned: "+
			"who asks on behalf of nobody keeps a server busy")
		assert.LessOrEqual(t, s.most.Load(), int64(1), "attempts of one query were under way at the same time")
	})
}

// someLimit is a limit that nobody can guess.
func someLimit() time.Duration { return time.Second + rand.N(time.Second) }

// sleepUntil returns when all that is due at a moment has begun.
func sleepUntil(moment time.Time) { time.Sleep(time.Until(moment) + time.Nanosecond) }

// Answers that come in time, good and bad.
func TestAnswersAreReturned(t *testing.T) {
	type key struct{}
	broken := oracle.Sentinel("table is broken")
	inBubble(t, func(t *testing.T, ctx context.Context) {
		id := fmt.Sprint(rand.Int())
		asked := 0
		c := querytimeout.Client{Limit: time.Second, Ask: func(ctx context.Context, query string) ([]string, error) {
			asked++
			assert.Equal(t, id, ctx.Value(key{}), "an attempt's context carries what the caller's carries")
			assert.NoError(t, ctx.Err(), "the query has only begun")
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
			assert.NoError(t, err, "the answer came in time")
			assert.Equal(t, []string{query, id}, rows)
		}
		_, err := c.Query(ctx, "bad")
		oracle.AssertWraps(t, err, broken, "Query returns what the server says")
		assert.NotErrorIs(t, err, querytimeout.ErrBusy, "the server was not busy")
		assert.Equal(t, 3, asked, "only a busy server is asked again")
	})
}

// The first attempt finds Query waiting. The next ones are as quick as can be.
func TestBusyServerIsAskedAgain(t *testing.T) {
	type key struct{}
	inBubble(t, func(t *testing.T, ctx context.Context) {
		for range 50 {
			busy := 1 + rand.N(querytimeout.Tries) // how many attempts find the server busy
			asked, row := 0, fmt.Sprint(rand.Int())
			c := querytimeout.Client{Limit: time.Minute, Ask: func(ctx context.Context, _ string) ([]string, error) {
				asked++
				assert.Equal(t, row, ctx.Value(key{}), "attempt %d: its context carries what the caller's carries", asked)
				assert.NoError(t, ctx.Err(), "attempt %d: the query is not over", asked)
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
				"the server had answered all attempts after one second: an answer was lost, or Query paused") {
				return
			}
			if busy < querytimeout.Tries {
				assert.NoError(t, err, "busy %d times, then rows", busy)
				assert.Equal(t, []string{row}, rows)
			} else {
				oracle.AssertWraps(t, err, querytimeout.ErrBusy, "the server was busy each time")
			}
			assert.Equal(t, min(busy+1, querytimeout.Tries), asked, "attempts, when the server is busy %d times", busy)
		}
	})
}

// However many queries there are, all of them meet at the server.
func TestQueriesRunSideBySide(t *testing.T) {
	parties := someParties(t)
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T, ctx context.Context) {
			meeting := oracle.NewMeeting(parties)
			c := querytimeout.Client{Limit: time.Minute, Ask: func(_ context.Context, query string) ([]string, error) {
				meeting.Arrive()
				return []string{query}, nil
			}}
			var group sync.WaitGroup
			for i := range parties {
				group.Go(func() {
					rows, err := c.Query(ctx, fmt.Sprint(i))
					assert.NoError(t, err, "many queries were to run at once, and one had to wait for another")
					assert.Equal(t, []string{fmt.Sprint(i)}, rows)
				})
			}
			group.Wait()
		})
	}, "many queries were to run at once, but some wait for those before")
}

// someParties is how many queries run at once. The first run in a process has more
// than any number that a fix could think large enough; the others are quick.
func someParties(t *testing.T) int {
	if oracle.Large(t) {
		return oracle.Many()
	}
	return 20 + oracle.Random(t).IntN(20)
}

// The driver takes no notice of its context, and comes back late.
func TestGivesUpAtTheLimit(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		limit := someLimit()
		var s server
		c := s.client(limit, func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return []string{"too late"}, nil
		})
		start := time.Now()
		rows, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server had answered")
		assert.Equal(t, limit, time.Since(start), "Query returned after that long; its limit was another")
		assert.Empty(t, rows, "the server had not answered")
		sleepUntil(start.Add(2 * limit))
		s.assertAsked(t, 1)
	})
}

// A limit that is over before it begins is over at once. The server may be asked
// nevertheless, or not.
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
			oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server had answered")
			assert.Zero(t, time.Since(start), "with a limit of %v Query returned after that long", limit)
			assert.Empty(t, rows, "the server had not answered")
			sleepUntil(start.Add(slow))
		})
	}
}

func TestGivesUpWhenTheCallerDoes(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		limit := someLimit()
		patience := rand.N(limit/2) + limit/4
		var s server
		c := s.client(limit, func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return []string{"too late"}, nil
		})
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(patience, cancel)
		start := time.Now()
		_, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, context.Canceled, "the caller gave up before the server had answered")
		assert.Equal(t, patience, time.Since(start), "the caller gave up at another moment than Query returned")
		sleepUntil(start.Add(2 * limit))
		s.assertAsked(t, 1)
	})
}

// Three attempts, each within the limit, and together beyond it.
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
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server had answered")
		assert.Equal(t, limit, time.Since(start), "Query returned after that long; its limit is for all attempts")
		sleepUntil(start.Add(3 * (limit * 2 / 5)))
		s.assertAsked(t, 3)
	})
}

// The driver does as it is told, and nothing else will end it, be it the first
// attempt or the last.
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
					assert.Equal(t, returned, at, "Query has returned, and its attempt went on working for nobody")
				default: // it still waits, and the end of the bubble says so
				}
			})
		}
	}
}

// The server is busy, says so late, and goes on saying so.
func TestLateBusyAnswersLeaveNothing(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		limit := someLimit()
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return nil, querytimeout.ErrBusy
		}}
		start := time.Now()
		_, err := c.Query(ctx, "query")
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server had answered")
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
		oracle.AssertWraps(t, err, context.DeadlineExceeded, "the limit was over before the server had answered")
		sleepUntil(start.Add(2 * limit))
		s.assertAsked(t, 1)
	})
}
