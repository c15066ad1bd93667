// caught by: tests in TestCallerGivesUp
// Wrong: of an error that matches context.DeadlineExceeded, the caller gets only that, and not its own.

package firsterror

import (
	"context"
	"errors"
	"fmt"
)

type Get func(ctx context.Context, number int) ([]byte, error)

type result struct {
	number int
	chunk  []byte
	err    error
}

func Download(ctx context.Context, numbers []int, get Get) (map[int][]byte, error) {
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result, len(numbers))
	for _, number := range numbers {
		go func() {
			chunk, err := get(inner, number)
			results <- result{number, chunk, err}
		}()
	}
	chunks := make(map[int][]byte, len(numbers))
	for range numbers {
		select {
		case r := <-results:
			if r.err != nil {
				return chunks, fmt.Errorf("chunk %d: %w", r.number, r.err)
			}
			chunks[r.number] = r.chunk
		case <-ctx.Done():
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return chunks, context.DeadlineExceeded
			}
			return chunks, ctx.Err()
		}
	}
	return chunks, nil
}
