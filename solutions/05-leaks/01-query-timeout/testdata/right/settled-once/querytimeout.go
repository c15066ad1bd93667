// Package querytimeout asks a server, and waits no longer than a limit.
package querytimeout

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Tries is the number of attempts of one Query if the server is busy.
const Tries = 3

// ErrBusy is the answer of a server that is overloaded.
var ErrBusy = errors.New("server is busy")

// Client sends queries to a server.
type Client struct {
	Ask   func(ctx context.Context, query string) (rows []string, err error)
	Limit time.Duration
}

type answer struct {
	rows []string
	err  error
}

// outcome is settled once, by the attempts, by the limit or by the caller.
type outcome struct {
	mu      sync.Mutex
	settled bool
	answer  answer
	cancel  context.CancelFunc
	done    chan struct{}
}

func (o *outcome) settle(a answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.settled {
		return
	}
	o.settled, o.answer = true, a
	o.cancel()
	close(o.done)
}

func (o *outcome) isSettled() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.settled
}

// Query asks the server, at most Tries times, and waits no longer than Limit.
func (c *Client) Query(ctx context.Context, query string) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.Limit <= 0 {
		return nil, context.DeadlineExceeded
	}
	asking, cancel := context.WithCancel(context.WithoutCancel(ctx))
	o := &outcome{cancel: cancel, done: make(chan struct{})}

	limited, left := make(chan struct{}), make(chan struct{})
	timer := time.AfterFunc(c.Limit, func() {
		defer close(limited)
		o.settle(answer{err: context.DeadlineExceeded})
	})
	stop := context.AfterFunc(ctx, func() {
		defer close(left)
		o.settle(answer{err: ctx.Err()})
	})
	go func() {
		for attempt := 1; ; attempt++ {
			rows, err := c.Ask(asking, query)
			if o.isSettled() {
				return
			}
			if !errors.Is(err, ErrBusy) || attempt == Tries {
				o.settle(answer{rows, err})
				return
			}
		}
	}()

	<-o.done
	if !timer.Stop() {
		<-limited
	}
	if !stop() {
		<-left
	}
	return o.answer.rows, o.answer.err
}
