// caught by: tests, race or repeat in TestCallerGivesUp
// Wrong: with many numbers, goroutines start the calls, and still read the list when Download
// has returned and the list is its caller's again.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"fmt"
	"slices"
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
	chunks := make(map[int][]byte, len(numbers))
	calls, end := context.WithCancel(ctx)
	defer end()
	answers := make(chan answer, len(numbers))
	start := func(numbers []int) {
		for _, number := range numbers {
			go func() {
				chunk, err := get(calls, number)
				answers <- answer{number, chunk, err}
			}()
		}
	}
	if len(numbers) <= some {
		start(numbers)
	} else {
		for part := range slices.Chunk(numbers, some) {
			go start(part)
		}
	}

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

// some is how many calls one goroutine starts. Ten thousand take it too long.
const some = 512

// answer is what one call has returned.
type answer struct {
	number int
	chunk  []byte
	err    error
}
