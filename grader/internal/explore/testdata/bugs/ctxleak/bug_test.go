// finds: leak

// Package ctxleak opens a session with a watcher; the broken open forgets to cancel when the login fails.
package ctxleak

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
)

var errLogin = errors.New("login refused")

type session struct {
	cancel context.CancelFunc
	ended  chan struct{}
}

func (s *session) close() {
	s.cancel()
	<-s.ended
}

func watch(ctx context.Context, ended chan<- struct{}) {
	defer close(ended)
	<-ctx.Done()
}

// open starts the watcher and logs in; tidy says whether a failed login ends the watcher.
func open(ctx context.Context, login func() bool, tidy bool) (*session, error) {
	s := &session{ended: make(chan struct{})}
	ctx, s.cancel = context.WithCancel(ctx)
	go watch(ctx, s.ended)
	if !login() {
		if tidy {
			s.close()
		}
		return nil, errLogin
	}
	return s, nil
}

func run(t *testing.T, tidy bool) {
	var taken atomic.Bool
	login := func() bool { return !taken.Swap(true) }
	failed := make(chan error, 2)
	for range 2 {
		go func() {
			s, err := open(context.Background(), login, tidy)
			if err == nil {
				s.close()
			}
			failed <- err
		}()
	}
	a, b := <-failed, <-failed
	if (a == nil) == (b == nil) {
		t.Errorf("errors: got %v and %v, want one refusal", a, b)
	}
}

func TestBug(t *testing.T)   { run(t, false) }
func TestFixed(t *testing.T) { run(t, true) }
