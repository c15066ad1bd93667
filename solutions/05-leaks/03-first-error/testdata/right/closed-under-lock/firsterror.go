// Right: the map stays shared until one goroutine, under the lock, declares the download
// over. After that no other goroutine touches the map. A closed channel needs no receiver.

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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu     sync.Mutex // guards the others
		chunks = make(map[int][]byte, len(numbers))
		first  error
		left   = len(numbers)
		over   = false // what comes now is dropped
	)
	ended := make(chan struct{})
	end := func() {
		if !over {
			over = true
			close(ended)
		}
	}
	for _, number := range numbers {
		go func() {
			chunk, err := get(ctx, number)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case over:
				return
			case err != nil:
				first = fmt.Errorf("chunk %d: %w", number, err)
				end()
				return
			}
			chunks[number] = chunk
			if left--; left == 0 {
				end()
			}
		}()
	}
	if len(numbers) == 0 {
		return chunks, nil
	}

	select {
	case <-ended:
	case <-ctx.Done():
		mu.Lock()
		defer mu.Unlock()
		if !over {
			first = ctx.Err()
			end()
		}
	}
	return chunks, first
}
