// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import "sync/atomic"

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
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

// change replaces the map by a copy that fn has changed. It starts again if another
// change has come first.
func (r *Registry) change(fn func(sessions map[string]Session)) {
	for {
		old := r.sessions.Load()
		changed := make(map[string]Session)
		if old != nil {
			for token, s := range *old {
				changed[token] = s
			}
		}
		fn(changed)
		if r.sessions.CompareAndSwap(old, &changed) {
			return
		}
	}
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
	gone := make(map[string]Session) // what over has returned true for: it may not do so twice
	r.change(func(sessions map[string]Session) {
		removed = 0
		for token, s := range sessions {
			if before, found := gone[token]; found && before == s || over(s) {
				gone[token] = s
				delete(sessions, token)
				removed++
			}
		}
	})
	return removed
}
