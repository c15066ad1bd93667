// Package passes has tests that hand what the explorer replaces to others.
package passes

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/slogtest"
	"time"

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

// A timeout that comes too early is set aside, whatever else is due at the same instant.
//
// want: pass
func TestTimeoutBesideASleep(t *testing.T) {
	result := make(chan int, 1)
	go time.Sleep(10 * time.Millisecond)
	go func() { result <- 1 }()
	select {
	case <-result:
	case <-time.After(10 * time.Millisecond):
		t.Error("timed out")
	}
}

// Two goroutines that pass on values do not keep a third from its step.
//
// want: pass
func TestChannelsAreFair(t *testing.T) {
	var stop atomic.Bool
	ch, done := make(chan int), make(chan bool)
	go func() {
		for range ch {
		}
		close(done)
	}()
	go func() {
		defer close(ch)
		for !stop.Load() {
			ch <- 1
		}
	}()
	stop.Store(true)
	<-done
}

// It makes a list of tests by itself, as old versions of testify's suite do.
//
// want: pass
func TestListOfItsOwn(t *testing.T) {
	var n atomic.Int32
	list := []testing.InternalTest{{Name: "one", F: func(*testing.T) { n.Add(1) }}}
	list = append(list, testing.InternalTest{Name: "two", F: func(t *testing.T) {
		done := make(chan int)
		go func() { done <- int(n.Add(1)) }()
		if <-done != 2 {
			t.Error("not the second")
		}
	}})
	for _, test := range list {
		any(t).(interface {
			Run(name string, f func(t *testing.T)) bool
		}).Run(test.Name, test.F)
	}
}
