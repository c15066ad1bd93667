// finds: race

// Package ctxafter marks a connection when its context ends; the broken read reuses it while the mark may be on its way.
package ctxafter

import (
	"context"
	"errors"
	"testing"
)

var errInterrupted = errors.New("interrupted")

type conn struct {
	interrupted bool
	reads       int
}

// readLoose ignores whether the function could still be stopped.
func (c *conn) readLoose(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { c.interrupted = true })
	c.reads++
	stop()
	if c.interrupted {
		c.interrupted = false
		return errInterrupted
	}
	return nil
}

// read waits for the function if it has been started.
func (c *conn) read(ctx context.Context) error {
	marked := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.interrupted = true
		close(marked)
	})
	c.reads++
	if !stop() {
		<-marked
		c.interrupted = false
		return errInterrupted
	}
	return nil
}

func run(t *testing.T, read func(*conn, context.Context) error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := new(conn)
	ended := make(chan struct{})
	go func() {
		cancel()
		close(ended)
	}()
	if err := read(c, ctx); err != nil && !errors.Is(err, errInterrupted) {
		t.Errorf("first read: %v", err)
	}
	<-ended
	if err := read(c, context.Background()); err != nil {
		t.Errorf("second read: %v", err)
	}
	if c.reads != 2 {
		t.Errorf("reads: got %d, want 2", c.reads)
	}
}

func TestBug(t *testing.T)   { run(t, (*conn).readLoose) }
func TestFixed(t *testing.T) { run(t, (*conn).read) }
