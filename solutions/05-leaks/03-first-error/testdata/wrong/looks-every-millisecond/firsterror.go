// caught by: tests, race or repeat in TestFirstErrorIsReturned
// Wrong: there is no channel, and no sender that could be left behind. But Download
// sees the first error only when it looks the next time.

// Package firsterror downloads a file in chunks.
package firsterror

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Get returns the chunk of a file that has this number. It must be safe for
// concurrent use. It should return when ctx ends, but a driver may ignore ctx and return
// late.
type Get func(ctx context.Context, number int) ([]byte, error)

// Download gets the chunks with these numbers, which are all different. It makes all
// calls at once, and returns the chunks by their numbers.
//
// The first call that fails ends the download: Download returns its error immediately,
// and the chunks that have come so far. A later attempt need only get the others. So it
// does when ctx ends, with the error of ctx.
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
	var mu sync.Mutex // guards the others
	var first error
	chunks, left, over := make(map[int][]byte, len(numbers)), len(numbers), false
	for _, number := range numbers {
		go func() {
			chunk, err := get(ctx, number)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case over || first != nil:
			case err != nil:
				first = fmt.Errorf("chunk %d: %w", number, err)
			default:
				chunks[number] = chunk
				left--
			}
		}()
	}
	for {
		mu.Lock()
		err := first
		if err == nil && left > 0 {
			err = ctx.Err()
		}
		if over = err != nil || left == 0; over {
			mu.Unlock()
			return chunks, err
		}
		mu.Unlock()
		time.Sleep(time.Millisecond)
	}
}
