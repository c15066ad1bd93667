// finds: wrong

// Package syncmap hands out one session per user; the broken one loads and stores in two steps.
package syncmap

import (
	"sync"
	"testing"
)

type session struct{ user string }

type sessions struct{ byUser sync.Map }

// openLoose lets two callers miss and store one session each.
func (s *sessions) openLoose(user string) *session {
	if v, ok := s.byUser.Load(user); ok {
		return v.(*session)
	}
	n := &session{user}
	s.byUser.Store(user, n)
	return n
}

// open keeps the first session that was stored.
func (s *sessions) open(user string) *session {
	v, _ := s.byUser.LoadOrStore(user, &session{user})
	return v.(*session)
}

func run(t *testing.T, open func(*sessions, string) *session) {
	s := new(sessions)
	var got [2]*session
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = open(s, "ann") })
	}
	wg.Wait()
	if got[0] != got[1] {
		t.Error("two sessions for one user")
	}
	n := 0
	s.byUser.Range(func(_, v any) bool {
		n++
		return v.(*session) == got[0]
	})
	if n != 1 {
		t.Errorf("stored sessions: got %d, want 1", n)
	}
}

func TestBug(t *testing.T)   { run(t, (*sessions).openLoose) }
func TestFixed(t *testing.T) { run(t, (*sessions).open) }
