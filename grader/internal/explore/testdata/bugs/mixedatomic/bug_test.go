// finds: race
// tells: nothing

// Package mixedatomic counts requests atomically; the broken report reads the counters as plain variables.
package mixedatomic

import (
	"sync"
	"sync/atomic"
	"testing"
)

type stats struct {
	hits   int64
	errors uint32
}

func (s *stats) hit(failed bool) {
	atomic.AddInt64(&s.hits, 1)
	if failed {
		atomic.AddUint32(&s.errors, 1)
	}
}

// reportLoose mixes plain reads with atomic writes.
func (s *stats) reportLoose() (int64, uint32) { return s.hits, s.errors }

// report reads as the writers write.
func (s *stats) report() (int64, uint32) {
	errors := atomic.LoadUint32(&s.errors)
	return atomic.LoadInt64(&s.hits), errors
}

func run(t *testing.T, report func(*stats) (int64, uint32)) {
	s := new(stats)
	var wg sync.WaitGroup
	for i := range 2 {
		wg.Go(func() { s.hit(i == 0) })
	}
	if hits, errors := report(s); int64(errors) > hits {
		t.Errorf("%d errors in %d hits", errors, hits)
	}
	wg.Wait()
	if hits, errors := report(s); hits != 2 || errors != 1 {
		t.Errorf("got %d hits and %d errors, want 2 and 1", hits, errors)
	}
}

func TestBug(t *testing.T)   { run(t, (*stats).reportLoose) }
func TestFixed(t *testing.T) { run(t, (*stats).report) }
