// Right: errgroup cancels the context at the first error, and Download waits for that
// instead of Wait, which a goroutine of its own calls.

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
	var (
		mu     sync.Mutex // guards the others
		chunks = make(map[int][]byte, len(numbers))
		first  error
	)
	calls, callCtx := errgroup.WithContext(ctx)
	for _, number := range numbers {
		calls.Go(func() error {
			chunk, err := get(callCtx, number)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				chunks[number] = chunk
			case first == nil:
				first = fmt.Errorf("chunk %d: %w", number, err)
			}
			return err
		})
	}
	all := make(chan struct{})
	go func() {
		calls.Wait()
		close(all)
	}()

	<-callCtx.Done() // all calls have ended, one of them has failed, or the caller has given up
	mu.Lock()
	err := first
	mu.Unlock()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		<-all
	}
	mu.Lock()
	defer mu.Unlock()
	have := make(map[int][]byte, len(chunks))
	for number, chunk := range chunks {
		have[number] = chunk
	}
	return have, err
}
