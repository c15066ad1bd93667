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
	changing sync.Mutex                         // one change at a time
	sessions atomic.Pointer[map[string]Session] // by token
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// now returns the sessions as they are. The map is never written to.
func (r *Registry) now() map[string]Session {
	if sessions := r.sessions.Load(); sessions != nil {
		return *sessions
	}
	return nil
}

// change replaces the map by a copy that fn has changed.
func (r *Registry) change(fn func(sessions map[string]Session)) {
	r.changing.Lock()
	defer r.changing.Unlock()
	changed := make(map[string]Session)
	for token, s := range r.now() {
		changed[token] = s
	}
	fn(changed)
	r.sessions.Store(&changed)
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	r.change(func(sessions map[string]Session) { sessions[token] = s })
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	s, found = r.now()[token]
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	return len(r.now())
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.change(func(sessions map[string]Session) {
		for token, s := range sessions {
			if over(s) {
				delete(sessions, token)
				removed++
			}
		}
	})
	return removed
}
