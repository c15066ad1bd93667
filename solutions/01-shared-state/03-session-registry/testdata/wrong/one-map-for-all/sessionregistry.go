// caught by: tests in TestRegistriesAreIndependent
// Wrong: with the lock the map became a package variable, and all registries have the same sessions.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import "sync"

var (
	mu       sync.Mutex
	sessions map[string]Session // by token
)

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct{}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	mu.Lock()
	defer mu.Unlock()
	if sessions == nil {
		sessions = make(map[string]Session)
	}
	sessions[token] = s
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	mu.Lock()
	defer mu.Unlock()
	s, found = sessions[token]
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	mu.Lock()
	defer mu.Unlock()
	return len(sessions)
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	mu.Lock()
	defer mu.Unlock()
	for token, s := range sessions {
		if over(s) {
			delete(sessions, token)
			removed++
		}
	}
	return removed
}
