// caught by: tests in TestAnswersAreReturned
// Wrong: the timer of the limit is never stopped. A query that is answered at once leaves it
// behind, and with it the context, until the limit is over.

package querytimeout

import (
	"context"
	"errors"
	"time"
)

const Tries = 3

var ErrBusy = errors.New("server is busy")

type Client struct {
	Ask func(ctx context.Context, query string) (rows []string, err error)

	Limit time.Duration
}

type answer struct {
	rows []string
	err  error
}

func (c *Client) Query(ctx context.Context, query string) ([]string, error) {
	if c.Limit <= 0 {
		return nil, context.DeadlineExceeded
	}
	caller := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	time.AfterFunc(c.Limit, cancel)
	answers := make(chan answer, 1)
	go func() {
		busy := 0
		for {
			rows, err := c.Ask(ctx, query)
			if errors.Is(err, ErrBusy) && ctx.Err() == nil {
				if busy++; busy < Tries {
					continue
				}
			}
			answers <- answer{rows, err}
			return
		}
	}()
	select {
	case a := <-answers:
		if errors.Is(a.err, ErrBusy) && ctx.Err() != nil {
			break // it was not asked to the end
		}
		if a.err != nil {
			return nil, a.err
		}
		return a.rows, nil
	case <-ctx.Done():
	}
	if err := caller.Err(); err != nil {
		return nil, err
	}
	return nil, context.DeadlineExceeded
}
