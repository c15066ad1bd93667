// caught by: tests in TestAnswersAreReturned
// Wrong: It drops empty rows at the end.

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
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	timer := time.NewTimer(c.Limit)
	defer timer.Stop()
	var last error
	for range Tries {
		answers := make(chan answer, 1)
		go func() {
			rows, err := c.Ask(inner, query)
			answers <- answer{rows, err}
		}()
		select {
		case a := <-answers:
			if !errors.Is(a.err, ErrBusy) {
				for len(a.rows) > 0 && a.rows[len(a.rows)-1] == "" {
					a.rows = a.rows[:len(a.rows)-1] // a newline at the end of the answer
				}
				return a.rows, a.err
			}
			last = a.err
		case <-timer.C:
			return nil, context.DeadlineExceeded
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, last
}
