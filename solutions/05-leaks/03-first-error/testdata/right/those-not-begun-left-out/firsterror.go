// Right: a download whose context is over makes no calls, and leaves out those that have not begun.
// What ends it first does so under the lock.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"fmt"
	"sync"
)

// Get returns the chunk of a file that has this number. It must be safe for
// concurrent use. It should return when ctx ends, but a driver may ignore ctx and return
// late.
type Get func(ctx context.Context, number int) ([]byte, error)

// Download gets the chunks with these numbers, which are all different. It makes all
// calls at once, and returns the chunks by their numbers.
//
// The first call that fails ends the download: Download returns its error immediately,
// and the chunks that have come so far. A later attempt need only get the others. When
// ctx ends, Download does the same, with the error of ctx.
//
// Nothing of a download continues without it. When Download returns, the context of the
// calls that are still running is cancelled. What they return is dropped, and the
// chunks belong to the caller alone. Once the last call has returned, no goroutine of
// the download is left.
//
// Download is safe for concurrent use, and downloads run concurrently.
func Download(ctx context.Context, numbers []int, get Get) (map[int][]byte, error) {
	d := &download{
		missing: len(numbers),
		chunks:  make(map[int][]byte, len(numbers)),
		over:    make(chan struct{}),
	}
	if d.missing == 0 {
		return d.chunks, nil
	}
	if err := ctx.Err(); err != nil {
		return d.chunks, err
	}
	calls, cancel := context.WithCancelCause(ctx)
	d.cancel = cancel
	for _, number := range numbers {
		go func() {
			if calls.Err() != nil {
				return // the download is over before this call
			}
			chunk, err := get(calls, number)
			d.came(number, chunk, err)
		}()
	}
	stop := context.AfterFunc(ctx, func() { d.end(ctx.Err()) })
	defer stop()
	<-d.over
	return d.chunks, d.err
}

// download is the state of one Download.
type download struct {
	cancel context.CancelCauseFunc
	over   chan struct{} // closed when chunks and err do not change any more

	mu      sync.Mutex // guards the fields below until then
	missing int
	chunks  map[int][]byte
	err     error
}

// came takes what a call has returned.
func (d *download) came(number int, chunk []byte, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.isOver():
	case err != nil:
		d.endLocked(fmt.Errorf("chunk %d: %w", number, err))
	default:
		d.chunks[number] = chunk
		if d.missing--; d.missing == 0 {
			d.endLocked(nil)
		}
	}
}

func (d *download) end(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.isOver() {
		d.endLocked(err)
	}
}

func (d *download) endLocked(err error) {
	d.err = err
	d.cancel(err)
	close(d.over)
}

func (d *download) isOver() bool {
	select {
	case <-d.over:
		return true
	default:
		return false
	}
}
