// caught by: explore in TestScheduleLoginAndPage
// Wrong: Put counts the session after it has released the lock, so another call finds it, and Len
// lacks it.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import (
	"sync"
	"sync/atomic"
)

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	count atomic.Int64 // for Len, which the dashboard calls all the time

	mu       sync.RWMutex
	sessions map[string]Session // by token
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	if r.put(token, s) {
		r.count.Add(1)
	}
}

func (r *Registry) put(token string, s Session) (isNew bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sessions == nil {
		r.sessions = make(map[string]Session)
	}
	_, found := r.sessions[token]
	r.sessions[token] = s
	return !found
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	s, found = r.sessions[token]
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	return int(r.count.Load())
}

// Sweep removes all sessions for which over returns true, and returns how many those
// were. Other calls wait until over has returned, so over must not use the registry.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for token, s := range r.sessions {
		if over(s) {
			delete(r.sessions, token)
			removed++
		}
	}
	r.count.Add(-int64(removed))
	return removed
}
