// caught by: tests or leak in TestQueriesRunSideBySide
// Wrong: while more than 64 queries ask a busy server again, others give up after one attempt.

// Package querytimeout queries a server without waiting forever.
package querytimeout

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// Tries is the number of attempts of one Query if the server is busy.
const Tries = 3

// ErrBusy is the answer of a server that is overloaded. The query may
// be tried again.
var ErrBusy = errors.New("server is busy")

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

	retrying atomic.Int64 // queries that have found the server busy and ask again
}

// mostRetrying is how many queries may ask again at the same time. More would keep a busy
// server busy.
const mostRetrying = 64

// answer is the result of one attempt.
type answer struct {
	rows []string
	err  error
}

// Query asks the server and returns its answer. If the answer is ErrBusy, it asks
// again, up to Tries times, one attempt after the other.
//
// Query returns context.DeadlineExceeded when Limit is over, and the error of ctx
// when ctx is over. It returns immediately then, even if Ask ignores its context.
//
// Nothing of a query continues without it. When Query returns, the context of an
// attempt that is still running is cancelled. The result of that attempt is
// dropped: a late ErrBusy is no reason to ask again. Once that attempt has ended,
// no goroutine of the query is left.
func (c *Client) Query(ctx context.Context, query string) ([]string, error) {
	inTime, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
	var last error
	for try := range Tries {
		answers := make(chan answer, 1)
		go func() {
			rows, err := c.Ask(inTime, query)
			answers <- answer{rows, err}
		}()
		select {
		case a := <-answers:
			if !errors.Is(a.err, ErrBusy) {
				return a.rows, a.err
			}
			last = a.err
			if try == 0 {
				defer c.retrying.Add(-1)
				if c.retrying.Add(1) > mostRetrying {
					return nil, last
				}
			}
		case <-inTime.Done():
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if inTime.Err() != nil {
			return nil, context.DeadlineExceeded
		}
	}
	return nil, last
}
