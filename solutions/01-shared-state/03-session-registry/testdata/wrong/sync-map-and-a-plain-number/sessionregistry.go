// caught by: race in TestRenewedSessionsStay
// Wrong: the map is safe, and the number beside it is not.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import "sync"

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	sessions sync.Map // from token to Session
	stored   int
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	if _, replaced := r.sessions.Swap(token, s); !replaced {
		r.stored++
	}
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	value, found := r.sessions.Load(token)
	if !found {
		return Session{}, false
	}
	return value.(Session), true
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	return r.stored
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.sessions.Range(func(token, value any) bool {
		if over(value.(Session)) && r.sessions.CompareAndDelete(token, value) {
			r.stored--
			removed++
		}
		return true
	})
	return removed
}
