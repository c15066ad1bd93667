// caught by: explore in TestScheduleTwoCalls
// Wrong: a second more than the largest Limit is less than zero, and the context of the
// attempt is over before it begins.

// Package querytimeout asks a server, and does not wait for ever.
package querytimeout

import (
	"context"
	"errors"
	"time"
)

// Tries is how often one Query asks a server that is busy.
const Tries = 3

// ErrBusy is the answer of a server that has too much to do. It may be asked
// again.
var ErrBusy = errors.New("server is busy")

// Client sends queries to a server.
//
// Its methods may be called from many goroutines at once, and the queries run
// side by side.
type Client struct {
	// Ask asks the server once. Its ctx carries the values of the one that Query
	// got. It should end when ctx does, but a driver may take no notice, and
	// come back late.
	Ask func(ctx context.Context, query string) (rows []string, err error)

	// Limit is how long one Query may take, all its attempts together.
	Limit time.Duration
}

// answer is what one attempt brought.
type answer struct {
	rows []string
	err  error
}

// Query asks the server, and returns what it answers. While the answer is
// ErrBusy it asks again, one attempt after the other, Tries in all.
//
// Query comes back when Limit is over, with context.DeadlineExceeded, or when
// ctx is over, with the error of ctx, even if Ask takes no notice of either.
//
// Nothing of a query goes on without it. When Query returns, the context of an
// attempt that is still under way is over. What that attempt brings is thrown
// away: a late ErrBusy is not a reason to ask again. Once it has ended, no
// goroutine of the query is left.
func (c *Client) Query(ctx context.Context, query string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.Limit+time.Second)
	defer cancel()

	answers := make(chan answer)
	go func() {
		for range Tries {
			rows, err := c.Ask(ctx, query)
			select {
			case answers <- answer{rows, err}:
			case <-ctx.Done():
				return
			}
			if !errors.Is(err, ErrBusy) {
				return
			}
		}
	}()

	var last error
	timeout := time.After(c.Limit)
	for range Tries {
		select {
		case a := <-answers:
			if !errors.Is(a.err, ErrBusy) {
				return a.rows, a.err
			}
			last = a.err
		case <-timeout:
			return nil, context.DeadlineExceeded
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, last
}
