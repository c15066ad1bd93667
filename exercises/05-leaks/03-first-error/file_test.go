package firsterror_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/03-first-error"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/life/request"
)

// someNumbers returns n different numbers, in any order.
func someNumbers(n int) []int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = i * i
	}
	if n > 1 {
		numbers[0], numbers[1] = []int{0, -1, math.MinInt}[rand.IntN(3)], []int{7_000_000_003, math.MaxInt}[rand.IntN(2)]
	}
	rand.Shuffle(n, func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
	return numbers
}

// someChunk returns the content of a chunk. One of eight is empty.
func someChunk(number int) []byte {
	switch rand.IntN(16) {
	case 0:
		return nil
	case 1:
		return []byte{}
	}
	return fmt.Appendf(nil, "chunk %d: %d", number, rand.Int())
}

// A file has chunks, and counts how often each is requested.
type file struct {
	numbers []int
	chunks  map[int][]byte

	mu    sync.Mutex
	asked map[int]int
}

func newFile(n int) *file {
	f := &file{numbers: someNumbers(n), chunks: map[int][]byte{}, asked: map[int]int{}}
	for _, number := range f.numbers {
		f.chunks[number] = someChunk(number)
	}
	return f
}

// longFile has long chunks.
func longFile() *file {
	chunks := life.LongTwins(20_000)
	f := newFile(len(chunks))
	for i, number := range f.numbers {
		f.chunks[number] = []byte(chunks[i])
	}
	return f
}

// download downloads the file. How a call ends is what call returns; its chunk comes in
// any case.
func (f *file) download(t *testing.T, ctx context.Context, call func(ctx context.Context, number int) error) (map[int][]byte, error) {
	t.Helper()
	type key struct{}
	id, given := rand.Int(), slices.Clone(f.numbers)
	chunks, err := firsterror.Download(context.WithValue(ctx, key{}, id), given, func(ctx context.Context, number int) ([]byte, error) {
		f.mu.Lock()
		f.asked[number]++
		strange := number == notInAny && f.asked[number] == 1
		f.mu.Unlock()
		if strange {
			t.Error("Download has returned, and its caller has overwritten the list of numbers. Now a call is made for a number that was not in the list")
		}
		if ctx.Value(key{}) != id {
			t.Error("the context of a call must carry the values of the caller's context")
		}
		err := call(ctx, number)
		return slices.Clone(f.chunks[number]), err
	})
	assert.Equal(t, f.numbers, given, "Download changed the list of its caller")
	for i := range given { // the list is the caller's again
		given[i] = notInAny
	}
	return chunks, err
}

// notInAny is a number that no file has.
const notInAny = -3

// assertAsked fails t unless each chunk was requested once.
func (f *file) assertAsked(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	assert.Len(t, f.asked, len(f.numbers), "number of chunks that were requested")
	for number, times := range f.asked {
		if times != 1 {
			t.Errorf("chunk %d was requested %d times", number, times)
		}
	}
}

// assertHas fails t unless chunks are those of these numbers.
func (f *file) assertHas(t *testing.T, chunks map[int][]byte, numbers []int, story string) {
	t.Helper()
	got := slices.Sorted(maps.Keys(chunks))
	if want := slices.Sorted(slices.Values(numbers)); !slices.Equal(want, got) {
		t.Errorf("%s: the chunks should be %v, and are %v", story, want, got)
		return
	}
	for number, chunk := range chunks {
		if string(f.chunks[number]) != string(chunk) {
			t.Errorf("%s: chunk %d is %s, but should be %s", story, number, life.Quoted(chunk), life.Quoted(f.chunks[number]))
		}
	}
}

// someOrder returns a place for each number: 0, 1, 2, …
func (f *file) someOrder() map[int]int {
	place := map[int]int{}
	for i, j := range rand.Perm(len(f.numbers)) {
		place[f.numbers[i]] = j
	}
	return place
}

// until returns the numbers before a place.
func (f *file) until(place map[int]int, end int) (numbers []int) {
	for _, number := range f.numbers {
		if place[number] < end {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// endsWith returns a context that ends with an error, after this time. If that is not an
// error of package context, the context is of the caller's own type.
func endsWith(ctx context.Context, end error, after time.Duration) (context.Context, func()) {
	cause := errors.New("the window was closed")
	switch end {
	case context.Canceled:
		ctx, cancel := context.WithCancelCause(ctx)
		time.AfterFunc(after, func() { cancel(cause) })
		return ctx, func() { cancel(nil) }
	case context.DeadlineExceeded:
		return context.WithTimeoutCause(ctx, after, cause)
	}
	ctx, hangUp := request.Open(ctx)
	time.AfterFunc(after, func() { hangUp(end) })
	return ctx, func() {}
}
