// finds: leak

// Package earlyreturn asks two sources and stops at the first error; in the broken one the other sender is left behind.
package earlyreturn

import (
	"errors"
	"testing"
)

type result struct {
	n   int
	err error
}

var errDown = errors.New("source is down")

func ask(i int) result {
	if i == 1 {
		return result{err: errDown}
	}
	return result{n: i + 1}
}

// collect returns at the first error; the capacity decides whether the other sender can finish.
func collect(capacity int) (sum int, err error) {
	results := make(chan result, capacity)
	for i := range 2 {
		go func() { results <- ask(i) }()
	}
	for range 2 {
		r := <-results
		if r.err != nil {
			return 0, r.err
		}
		sum += r.n
	}
	return sum, nil
}

func run(t *testing.T, capacity int) {
	if _, err := collect(capacity); !errors.Is(err, errDown) {
		t.Errorf("error: got %v, want %v", err, errDown)
	}
}

func TestBug(t *testing.T)   { run(t, 0) }
func TestFixed(t *testing.T) { run(t, 2) }
