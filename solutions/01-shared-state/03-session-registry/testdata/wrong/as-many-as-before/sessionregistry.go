// caught by: tests in TestRenewalDuringSweep
// Wrong: Sweep takes it for granted that no session is new if there are no more than before. If
// another sweep has removed one meanwhile, a new one is not asked about.

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
	mu       sync.Mutex
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

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	type seen struct {
		token string
		s     Session
	}
	answers := map[seen]bool{}
	for {
		r.mu.Lock()
		sessions := maps.Clone(r.sessions)
		r.mu.Unlock()
		for token, s := range sessions {
			if _, asked := answers[seen{token, s}]; !asked {
				answers[seen{token, s}] = over(s)
			}
		}
		if removed, done := r.remove(sessions, func(token string, s Session) bool { return answers[seen{token, s}] }); done {
			return removed
		}
	}
}

// remove removes those sessions that are over, unless they are not the ones that are there now.
func (r *Registry) remove(sessions map[string]Session, over func(token string, s Session) bool) (removed int, done bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.sessions) > len(sessions) { // some are new
		return 0, false
	}
	for token, s := range sessions {
		if now, found := r.sessions[token]; found && now != s { // it was renewed
			return 0, false
		}
	}
	for token, s := range sessions {
		if _, found := r.sessions[token]; found && over(token, s) {
			delete(r.sessions, token)
			removed++
		}
	}
	return removed, true
}
