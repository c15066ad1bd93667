package querytimeout_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
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
// When fn returns, all attempts have ended, and so must all that Query began.
func inBubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		fn(t)
		synctest.Wait()
		atOnce := left()
		time.Sleep(time.Hour)
		synctest.Wait()
		switch stacks := left(); {
		case len(stacks) > 0: // the end of the bubble fails the test
			t.Logf("Query has returned, its attempts have ended, and an hour later %d of its goroutines can be found "+
				"here. What does it wait for, and who was to come?\n\n%s", len(stacks), strings.Join(stacks, "\n\n"))
		case len(atOnce) > 0:
			t.Errorf("Query has returned, its attempts have ended, and %d of its goroutines stayed on for a while. "+
				"What for?\n\n%s", len(atOnce), strings.Join(atOnce, "\n\n"))
		}
	})
}

// left returns the stacks of the goroutines that run the package under test, in
// this bubble: what another test has just let go of is not counted here.
func left() (stacks []string) {
	all := make([]byte, 1<<18)
	all = all[:runtime.Stack(all, true)]
	for stack := range strings.SplitSeq(string(all), "\n\n") {
		state, _, _ := strings.Cut(stack, "\n")
		if strings.Contains(state, "synctest bubble") && strings.Contains(stack, "/01-query-timeout.") {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// someLimit is a limit that nobody can guess.
func someLimit() time.Duration { return time.Second + rand.N(time.Second) }

// sleepUntil returns when all that is due at a moment has begun.
func sleepUntil(moment time.Time) { time.Sleep(time.Until(moment) + time.Nanosecond) }

// Answers that come in time, good and bad.
func TestAnswersAreReturned(t *testing.T) {
	type key struct{}
	broken := errors.New("table is broken")
	inBubble(t, func(t *testing.T) {
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
		ctx := context.WithValue(context.Background(), key{}, id)
		for _, query := range []string{"0s", "999ms"} {
			rows, err := c.Query(ctx, query)
			assert.NoError(t, err, "the answer came in time")
			assert.Equal(t, []string{query, id}, rows)
		}
		_, err := c.Query(ctx, "bad")
		assert.ErrorIs(t, err, broken, "Query returns what the server says")
		assert.Equal(t, 3, asked, "only a busy server is asked again")
	})
}

// The first attempt finds Query waiting. The next ones are as quick as can be.
func TestBusyServerIsAskedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		for range 50 {
			busy := 1 + rand.N(querytimeout.Tries) // how many attempts find the server busy
			asked := 0
			c := querytimeout.Client{Limit: time.Minute, Ask: func(context.Context, string) ([]string, error) {
				asked++
				if asked == 1 {
					time.Sleep(time.Second)
				}
				if asked <= busy {
					return nil, fmt.Errorf("attempt %d: %w", asked, querytimeout.ErrBusy)
				}
				return []string{"row"}, nil
			}}
			start := time.Now()
			rows, err := c.Query(context.Background(), "query")
			if !assert.Equal(t, time.Second, time.Since(start),
				"the server had answered all attempts after one second: an answer was lost, or Query paused") {
				return
			}
			if busy < querytimeout.Tries {
				assert.NoError(t, err, "busy %d times, then rows", busy)
				assert.Equal(t, []string{"row"}, rows)
			} else {
				assert.ErrorIs(t, err, querytimeout.ErrBusy)
			}
			assert.Equal(t, min(busy+1, querytimeout.Tries), asked, "attempts, when the server is busy %d times", busy)
		}
	})
}

// Three queries meet at the server.
func TestQueriesRunSideBySide(t *testing.T) {
	const parties = 3
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T) {
			meeting := oracle.NewMeeting(parties)
			c := querytimeout.Client{Limit: time.Second, Ask: func(_ context.Context, query string) ([]string, error) {
				meeting.Arrive()
				return []string{query}, nil
			}}
			var group sync.WaitGroup
			for i := range parties {
				group.Go(func() {
					rows, err := c.Query(context.Background(), fmt.Sprint(i))
					assert.NoError(t, err, "three queries were to run at once, and one had to wait for another")
					assert.Equal(t, []string{fmt.Sprint(i)}, rows)
				})
			}
			group.Wait()
		})
	}, "three queries were to run at once, but each waits for the one before")
}

// The driver takes no notice of its context, and comes back late.
func TestGivesUpAtTheLimit(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		limit := someLimit()
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return []string{"too late"}, nil
		}}
		start := time.Now()
		_, err := c.Query(context.Background(), "query")
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, limit, time.Since(start), "Query returned after that long; its limit was another")
		sleepUntil(start.Add(2 * limit))
	})
}

func TestGivesUpWhenTheCallerDoes(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		limit := someLimit()
		patience := rand.N(limit/2) + limit/4
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return []string{"too late"}, nil
		}}
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(patience, cancel)
		start := time.Now()
		_, err := c.Query(ctx, "query")
		assert.ErrorIs(t, err, context.Canceled)
		assert.Equal(t, patience, time.Since(start), "the caller gave up at another moment than Query returned")
		sleepUntil(start.Add(2 * limit))
	})
}

// Three attempts, each within the limit, and together beyond it.
func TestLimitIsForAllAttempts(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		limit := someLimit()
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			time.Sleep(limit * 2 / 5)
			return nil, querytimeout.ErrBusy
		}}
		start := time.Now()
		_, err := c.Query(context.Background(), "query")
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.Equal(t, limit, time.Since(start), "Query returned after that long; its limit is for all attempts")
		sleepUntil(start.Add(3 * (limit * 2 / 5)))
	})
}

// The driver does as it is told, and nothing else will end it.
func TestAttemptIsToldToStop(t *testing.T) {
	for _, callerGivesUp := range []bool{false, true} {
		inBubble(t, func(t *testing.T) {
			limit := someLimit()
			told := make(chan time.Time, querytimeout.Tries)
			c := querytimeout.Client{Limit: limit, Ask: func(ctx context.Context, _ string) ([]string, error) {
				<-ctx.Done()
				told <- time.Now()
				return nil, ctx.Err()
			}}
			ctx := context.Background()
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

// The server is busy, says so late, and goes on saying so.
func TestLateBusyAnswersLeaveNothing(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		limit := someLimit()
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			time.Sleep(2 * limit)
			return nil, querytimeout.ErrBusy
		}}
		start := time.Now()
		_, err := c.Query(context.Background(), "query")
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		sleepUntil(start.Add(2 * limit))
	})
}

func TestLateBusyAnswerIsNotAskedAgain(t *testing.T) {
	inBubble(t, func(t *testing.T) {
		limit := someLimit()
		var asked atomic.Int64
		c := querytimeout.Client{Limit: limit, Ask: func(context.Context, string) ([]string, error) {
			asked.Add(1)
			time.Sleep(2 * limit)
			return nil, querytimeout.ErrBusy
		}}
		_, err := c.Query(context.Background(), "query")
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		sleepUntil(time.Now().Add(time.Hour))
		assert.EqualValues(t, 1, asked.Load(),
			"Query had given up, and a busy server was asked again on behalf of nobody: that is how it stays busy")
	})
}
