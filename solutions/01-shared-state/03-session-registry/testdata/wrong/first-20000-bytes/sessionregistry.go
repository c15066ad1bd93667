// caught by: tests, race or repeat in TestPutAndGet
// Wrong: tokens are kept by their first 20,000 bytes. Two that differ after that are the same token.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import "sync"

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
	r.sessions[short(token)] = s
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, found = r.sessions[short(token)]
	return s, found
}

func short(key string) string {
	if len(key) > 20_000 {
		return key[:20_000]
	}
	return key
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.sessions)
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for token, s := range r.sessions {
		if over(s) {
			delete(r.sessions, token)
			removed++
		}
	}
	return removed
}
