// caught by: tests in TestPutAndGet
// Wrong: today's tokens have 32 bytes. Those that are longer and begin alike have one session.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import (
	"sync"
)

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	mu       sync.RWMutex
	sessions map[key]Session
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
		r.sessions = make(map[key]Session)
	}
	r.sessions[keyOf(token)] = s
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, found = r.sessions[keyOf(token)]
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.sessions)
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, s := range r.sessions {
		if over(s) {
			delete(r.sessions, k)
			removed++
		}
	}
	return removed
}

// key is a token, which has 32 hexadecimal digits, without a pointer for the garbage collector.
type key [64]byte

func keyOf(token string) (k key) {
	copy(k[:], token)
	return k
}
