// caught by: tests, race or repeat in TestFirstErrorIsReturned
// Wrong: a sender gives up after a second, so nothing stays forever. But nothing may
// stay that long.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"fmt"
	"time"
)

// Get returns the chunk of a file that has this number. It must be safe for
// concurrent use. It should return when ctx ends, but a driver may ignore ctx and return
// late.
type Get func(ctx context.Context, number int) ([]byte, error)

// An answer is what one call returned.
type answer struct {
	number int
	chunk  []byte
	err    error
}

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
	answers := make(chan answer)
	for _, number := range numbers {
		go func() {
			chunk, err := get(ctx, number)
			select {
			case answers <- answer{number, chunk, err}:
			case <-time.After(time.Second):
			}
		}()
	}

	chunks := make(map[int][]byte, len(numbers))
	for range numbers {
		select {
		case a := <-answers:
			if a.err != nil {
				return chunks, fmt.Errorf("chunk %d: %w", a.number, a.err)
			}
			chunks[a.number] = a.chunk
		case <-ctx.Done():
			return chunks, ctx.Err()
		}
	}
	return chunks, nil
}
