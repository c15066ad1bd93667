// caught by: tests in TestQueryWithinAQuery
// Wrong: the context of the attempts remembers the answer, and the cause tells it from other
// ends. But the caller's context may be that of an attempt of another query. Then the cause is of
// the same type, and it is the answer of the other one.

// Package querytimeout queries a server without waiting forever.
package querytimeout

import (
	"context"
	"errors"
	"time"
)

// Tries is the number of attempts of one Query if the server is busy.
const Tries = 3

// ErrBusy is the answer of a server that is overloaded. The query may
// be tried again.
var ErrBusy = errors.New("server is busy")

// errLimit is why the context of the attempts ends when Limit is over.
var errLimit = errors.New("the limit is over")

// Client sends queries to a server.
//
// Its methods are safe for concurrent use, and queries run
// concurrently.
type Client struct {
	// Ask sends query to the server once. Its ctx carries the values of
	// Query's context. It should return when ctx ends, but a driver may ignore
	// ctx and return late.
	Ask func(ctx context.Context, query string) (rows []string, err error)

	// Limit is the time that one Query may take, including all its attempts.
	Limit time.Duration
}

// answer is why the context of the attempts ends when the answer has come.
type answer struct {
	rows []string
	err  error
}

func (a *answer) Error() string { return "the answer has come" }

// Query asks the server and returns its answer. The context of the attempts remembers how
// the query has ended: it is the only thing that Query waits for.
func (c *Client) Query(ctx context.Context, query string) ([]string, error) {
	timed, stop := context.WithTimeoutCause(ctx, c.Limit, errLimit)
	defer stop()
	attempts, end := context.WithCancelCause(timed)
	defer end(nil)
	go func() {
		for try := 1; ; try++ {
			rows, err := c.Ask(attempts, query)
			if attempts.Err() != nil {
				return
			}
			if try == Tries || !errors.Is(err, ErrBusy) {
				end(&answer{rows, err})
				return
			}
		}
	}()

	<-attempts.Done()
	why := context.Cause(attempts)
	if a, ok := why.(*answer); ok {
		return a.rows, a.err
	}
	if why == errLimit {
		return nil, context.DeadlineExceeded
	}
	return nil, ctx.Err()
}
