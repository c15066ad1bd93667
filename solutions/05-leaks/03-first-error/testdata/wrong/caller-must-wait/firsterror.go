// caught by: tests, race or repeat in TestCallerGivesUp
// Wrong: if the caller gives up, the calls see it and return. Those that ignore their
// context do not, and Download waits for them.

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
	answers := make(chan answer, len(numbers))
	for _, number := range numbers {
		go func() {
			chunk, err := get(ctx, number)
			answers <- answer{number, chunk, err}
		}()
	}

	chunks := make(map[int][]byte, len(numbers))
	for range numbers {
		a := <-answers
		if err := ctx.Err(); err != nil {
			return chunks, err
		}
		if a.err != nil {
			return chunks, fmt.Errorf("chunk %d: %w", a.number, a.err)
		}
		chunks[a.number] = a.chunk
	}
	return chunks, nil
}
