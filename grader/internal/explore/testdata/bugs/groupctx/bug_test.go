// finds: deadlock

// Package groupctx reads and checks rows in one group; the broken reader does not notice that the checker has given up.
package groupctx

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/sync/errgroup"
)

var errBad = errors.New("bad row")

// readLoose waits for a receiver that may be gone.
func readLoose(_ context.Context, rows chan<- int) error {
	defer close(rows)
	for i := range 3 {
		rows <- i
	}
	return nil
}

// read also watches the context of the group.
func read(ctx context.Context, rows chan<- int) error {
	defer close(rows)
	for i := range 3 {
		select {
		case rows <- i:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

func check(rows <-chan int) error {
	for r := range rows {
		if r == 1 {
			return errBad
		}
	}
	return nil
}

func run(t *testing.T, read func(context.Context, chan<- int) error) {
	g, ctx := errgroup.WithContext(context.Background())
	rows := make(chan int)
	g.Go(func() error { return read(ctx, rows) })
	g.Go(func() error { return check(rows) })
	if err := g.Wait(); !errors.Is(err, errBad) {
		t.Errorf("error: got %v, want %v", err, errBad)
	}
}

func TestBug(t *testing.T)   { run(t, readLoose) }
func TestFixed(t *testing.T) { run(t, read) }
