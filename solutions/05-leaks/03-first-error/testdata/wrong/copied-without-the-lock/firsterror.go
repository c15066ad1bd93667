// caught by: explore in TestScheduleManyCalls
// Wrong: the caller gets a map of its own, but it is copied while the calls write to
// the other one.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"fmt"
	"maps"
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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex // guards chunks
	chunks := make(map[int][]byte, len(numbers))
	answers := make(chan error, len(numbers))
	for _, number := range numbers {
		go func() {
			chunk, err := get(ctx, number)
			if err != nil {
				answers <- fmt.Errorf("chunk %d: %w", number, err)
				return
			}
			mu.Lock()
			chunks[number] = chunk
			mu.Unlock()
			answers <- nil
		}()
	}

	for range numbers {
		select {
		case err := <-answers:
			if err != nil {
				return maps.Clone(chunks), err
			}
		case <-ctx.Done():
			return maps.Clone(chunks), ctx.Err()
		}
	}
	return chunks, nil
}
