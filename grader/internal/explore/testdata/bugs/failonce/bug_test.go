// finds: wrong

// Package failonce loads a token once; the broken one keeps for ever the failure of a call that came too early.
package failonce

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

var errNotReady = errors.New("not ready")

type source struct{ ready atomic.Bool }

func (s *source) load() (string, error) {
	if !s.ready.Load() {
		return "", errNotReady
	}
	return "token", nil
}

// loose remembers the first answer, whatever it was.
func loose(s *source) func() (string, error) { return sync.OnceValues(s.load) }

// retrying remembers only a good answer.
func retrying(s *source) func() (string, error) {
	var mu sync.Mutex
	var token string
	return func() (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if token != "" {
			return token, nil
		}
		var err error
		token, err = s.load()
		return token, err
	}
}

func run(t *testing.T, build func(*source) func() (string, error)) {
	s := new(source)
	get := build(s)
	ready := make(chan struct{})
	open := sync.OnceFunc(func() { close(ready) })
	go func() {
		defer open()
		s.ready.Store(true)
	}()
	if _, err := get(); err != nil && !errors.Is(err, errNotReady) {
		t.Errorf("early call: %v", err)
	}
	<-ready
	if token, err := get(); err != nil || token != "token" {
		t.Errorf("late call: got %q, %v", token, err)
	}
}

func TestBug(t *testing.T)   { run(t, loose) }
func TestFixed(t *testing.T) { run(t, retrying) }
