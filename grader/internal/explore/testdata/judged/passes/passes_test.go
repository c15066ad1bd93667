// Package passes has tests that hand what the explorer replaces to others.
package passes

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"sync"
	"testing"
	"testing/slogtest"

	"github.com/stretchr/testify/suite"
)

type counts struct {
	suite.Suite
	mu sync.Mutex
	n  int
}

func (s *counts) TestCount() {
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			s.mu.Lock()
			n := s.n
			s.mu.Unlock()
			s.mu.Lock()
			s.n = n + 1
			s.mu.Unlock()
		})
	}
	group.Wait()
	s.Equal(2, s.n)
}

// want: wrong: Not equal
func TestSuite(t *testing.T) { suite.Run(t, new(counts)) }

// want: pass
func TestSlog(t *testing.T) {
	var text bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler { text.Reset(); return slog.NewJSONHandler(&text, nil) }, func(t *testing.T) map[string]any {
		var m map[string]any
		if err := json.Unmarshal(text.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		return m
	})
}
