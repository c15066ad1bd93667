// caught by: explore in TestScheduleTwoCalls
// Wrong: Equal chunks are the same slice, so that a change of one changes the other.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"fmt"
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
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	type result struct {
		number int
		chunk  []byte
		err    error
	}
	results := make(chan result, len(numbers))
	for _, number := range numbers {
		go func() {
			chunk, err := get(inner, number)
			results <- result{number, chunk, err}
		}()
	}
	chunks := make(map[int][]byte, len(numbers))
	equal := map[string][]byte{} // chunks that are equal are kept once: files have many of zeros
	for range numbers {
		select {
		case r := <-results:
			if r.err != nil {
				return chunks, fmt.Errorf("chunk %d: %w", r.number, r.err)
			}
			chunk, ok := equal[string(r.chunk)]
			if !ok {
				chunk = r.chunk
				equal[string(chunk)] = chunk
			}
			chunks[r.number] = chunk
		case <-ctx.Done():
			return chunks, ctx.Err()
		}
	}
	return chunks, nil
}
