// caught by: explore in TestScheduleTwoFail
// Wrong: errors that come later are joined to the first.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Get returns the chunk of a file that has this number. It must be safe for
// concurrent use. It should return when ctx ends, but a driver may ignore ctx and return
// late.
type Get func(ctx context.Context, number int) ([]byte, error)

// Download gets the chunks with these numbers, which are all different. It makes all
// calls at once, and returns the chunks by their numbers.
func Download(ctx context.Context, numbers []int, get Get) (map[int][]byte, error) {
	under, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		mu     sync.Mutex // guards all of these
		chunks = make(map[int][]byte, len(numbers))
		errs   []error
		over   bool
		left   = len(numbers)
	)
	changed := make(chan struct{}, 1) // all chunks have come, or one has failed
	if left == 0 {
		changed <- struct{}{}
	}
	for _, number := range numbers {
		go func() {
			chunk, err := get(under, number)
			mu.Lock()
			defer mu.Unlock()
			left--
			switch {
			case over:
				return
			case err != nil:
				errs = append(errs, fmt.Errorf("chunk %d: %w", number, err))
				cancel()
			default:
				chunks[number] = chunk
			}
			if err != nil || left == 0 {
				select {
				case changed <- struct{}{}:
				default:
				}
			}
		}()
	}
	select {
	case <-changed:
	case <-ctx.Done():
	}
	mu.Lock()
	defer mu.Unlock()
	over = true
	if len(errs) > 0 {
		return chunks, errors.Join(errs...)
	}
	if left > 0 {
		return chunks, ctx.Err()
	}
	return chunks, nil
}
