// caught by: tests in TestDownloadWithinADownload
// Wrong: the context remembers why the download has ended, and the cause tells its own end from
// its caller's. But the caller's context may be that of a call of another download: then
// the cause is of the same type, and it is the end of the other one.

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

// failure is why a call has ended a download.
type failure struct{ err error }

func (f *failure) Error() string { return f.err.Error() }

var errComplete = errors.New("all chunks have come")

// Download gets the chunks with these numbers. The context of the calls remembers why the
// download has ended: it is the only thing that Download waits for.
func Download(ctx context.Context, numbers []int, get Get) (map[int][]byte, error) {
	calls, end := context.WithCancelCause(ctx)
	defer end(nil)

	var mu sync.Mutex // guards the following
	chunks := make(map[int][]byte, len(numbers))
	missing, sealed := len(numbers), false
	if missing == 0 {
		end(errComplete)
	}
	keep := func(number int, chunk []byte) {
		mu.Lock()
		defer mu.Unlock()
		if sealed {
			return
		}
		chunks[number] = chunk
		if missing--; missing == 0 {
			end(errComplete)
		}
	}
	for _, number := range numbers {
		go func() {
			if chunk, err := get(calls, number); err != nil {
				end(&failure{fmt.Errorf("chunk %d: %w", number, err)})
			} else {
				keep(number, chunk)
			}
		}()
	}

	<-calls.Done()
	mu.Lock()
	defer mu.Unlock()
	sealed = true
	why := context.Cause(calls)
	if why == errComplete {
		return chunks, nil
	}
	if f, ok := why.(*failure); ok {
		return chunks, f.err
	}
	return chunks, ctx.Err()
}
