// caught by: tests, race or repeat in TestFirstErrorIsReturned
// Wrong: errgroup keeps the first error and cancels the others, but its Wait waits for
// all of them, whether or not they listen.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/errgroup"
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
	var mu sync.Mutex // guards chunks
	chunks := make(map[int][]byte, len(numbers))
	calls, callCtx := errgroup.WithContext(ctx)
	for _, number := range numbers {
		calls.Go(func() error {
			chunk, err := get(callCtx, number)
			if err != nil {
				return fmt.Errorf("chunk %d: %w", number, err)
			}
			mu.Lock()
			defer mu.Unlock()
			if callCtx.Err() == nil {
				chunks[number] = chunk
			}
			return nil
		})
	}
	err := calls.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return chunks, err
}
