// caught by: tests in TestRenewalDuringSweep
// Wrong: the sweep asks without the lock, and again about what was put meanwhile, but only a
// thousand times. What is put during the last one stays, although over would return true.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import (
	"maps"
	"sync"
)

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	mu       sync.Mutex         // guards sessions: every access, reads included
	sessions map[string]Session // by token
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions == nil {
		r.sessions = make(map[string]Session)
	}
	r.sessions[token] = s
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, found = r.sessions[token]
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sessions)
}

// Sweep removes all sessions for which over returns true, and returns how many those
// were. Other calls need not wait for over. It may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	seen, gone := make(map[string]Session), make(map[string]bool)
	for range 1000 {
		now := make(map[string]Session)
		r.mu.Lock()
		for token, s := range r.sessions {
			now[token] = s
		}
		r.mu.Unlock()
		if maps.Equal(now, seen) {
			break
		}
		for token, s := range now {
			if before, found := seen[token]; !found || before != s {
				gone[token] = over(s)
			}
		}
		seen = now
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for token, s := range r.sessions {
		if before, found := seen[token]; found && before == s && gone[token] {
			delete(r.sessions, token)
			removed++
		}
	}
	return removed
}
