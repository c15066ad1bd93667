// Right: a goroutine of its own receives every answer, whether or not Download still waits.
// It sends one result, for which there is room, and hands the map over with it.

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

// A result is what Download returns.
type result struct {
	chunks map[int][]byte
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
			answers <- answer{number, chunk, err}
		}()
	}
	results := make(chan result, 1)
	go collect(ctx, answers, len(numbers), results)
	r := <-results
	return r.chunks, r.err
}

// collect receives all answers. It sends a result once there is one, and does not use its
// map after that.
func collect(ctx context.Context, answers <-chan answer, n int, results chan<- result) {
	chunks := make(map[int][]byte, n)
	for n > 0 {
		select {
		case a := <-answers:
			n--
			if a.err == nil {
				chunks[a.number] = a.chunk
				continue
			}
			results <- result{chunks, fmt.Errorf("chunk %d: %w", a.number, a.err)}
		case <-ctx.Done():
			results <- result{chunks, ctx.Err()}
		}
		for range n {
			<-answers
		}
		return
	}
	results <- result{chunks, nil}
}
