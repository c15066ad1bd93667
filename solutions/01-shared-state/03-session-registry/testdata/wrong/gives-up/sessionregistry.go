// caught by: tests, race or repeat in TestRenewalDuringSweep
// Wrong: a sweep that others came before a hundred times removes nothing. With a slow over and many
// logins, that is each sweep.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import (
	"maps"
	"sync/atomic"
)

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	sessions atomic.Pointer[map[string]Session] // never changed
}

func (r *Registry) load() (*map[string]Session, map[string]Session) {
	p := r.sessions.Load()
	if p == nil {
		return nil, nil
	}
	return p, *p
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	for {
		p, old := r.load()
		next := make(map[string]Session, len(old)+1)
		maps.Copy(next, old)
		next[token] = s
		if r.sessions.CompareAndSwap(p, &next) {
			return
		}
	}
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	_, now := r.load()
	s, found = now[token]
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	_, now := r.load()
	return len(now)
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	for range 100 {
		p, old := r.load()
		next := make(map[string]Session, len(old))
		for token, s := range old {
			if !over(s) {
				next[token] = s
			}
		}
		if len(next) == len(old) {
			return 0
		}
		if r.sessions.CompareAndSwap(p, &next) {
			return len(old) - len(next)
		}
	}
	return 0
}
