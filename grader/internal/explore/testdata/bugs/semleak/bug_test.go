// finds: deadlock

// Package semleak limits downloads by a weighted semaphore; the broken download keeps its weight when it fails.
package semleak

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"golang.org/x/sync/semaphore"
)

var errFirst = errors.New("first try fails")

type loader struct {
	sem   *semaphore.Weighted
	tries atomic.Int32
}

func (l *loader) load() error {
	if l.tries.Add(1) == 1 {
		return errFirst
	}
	return nil
}

// getLoose releases only after a success.
func (l *loader) getLoose(ctx context.Context) error {
	if err := l.sem.Acquire(ctx, 2); err != nil {
		return err
	}
	if err := l.load(); err != nil {
		return err
	}
	l.sem.Release(2)
	return nil
}

// get releases on every way out.
func (l *loader) get(ctx context.Context) error {
	if err := l.sem.Acquire(ctx, 2); err != nil {
		return err
	}
	defer l.sem.Release(2)
	return l.load()
}

func run(t *testing.T, get func(*loader, context.Context) error) {
	l := &loader{sem: semaphore.NewWeighted(3)}
	errs := make(chan error)
	for range 2 {
		go func() { errs <- get(l, context.Background()) }()
	}
	if err := errors.Join(<-errs, <-errs); !errors.Is(err, errFirst) {
		t.Errorf("errors: got %v", err)
	}
	if !l.sem.TryAcquire(3) {
		t.Error("the semaphore is not free")
	}
}

func TestBug(t *testing.T)   { run(t, (*loader).getLoose) }
func TestFixed(t *testing.T) { run(t, (*loader).get) }
