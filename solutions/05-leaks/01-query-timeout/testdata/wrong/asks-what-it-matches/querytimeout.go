// caught by: tests in TestGivesUpWhenTheCallerDoes
// Wrong: of an error that matches context.DeadlineExceeded, the caller gets only that, and not its own.

package querytimeout

import (
	"context"
	"errors"
	"time"
)

const Tries = 3

var ErrBusy = errors.New("server is busy")

type Client struct {
	Ask   func(ctx context.Context, query string) (rows []string, err error)
	Limit time.Duration
}

type answer struct {
	rows []string
	err  error
}

func (c *Client) Query(ctx context.Context, query string) ([]string, error) {
	inner, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
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
				return a.rows, a.err
			}
			last = a.err
		case <-inner.Done():
		}
		switch err := inner.Err(); {
		case err == nil:
		case errors.Is(err, context.DeadlineExceeded):
			return nil, context.DeadlineExceeded
		default:
			return nil, ctx.Err()
		}
	}
	return nil, last
}
