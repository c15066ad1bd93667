// caught by: tests in TestRegistriesAreIndependent
// Wrong: each registry has a lock of its own, but the table of them is locked during a sweep. A new
// registry waits to be entered, and all others wait behind it, those that over uses included.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import (
	"sync"
)

// all are the maps of all registries.
var all = struct {
	sync.RWMutex
	maps map[*Registry]*table
}{maps: map[*Registry]*table{}}

type table struct {
	sync.RWMutex
	sessions map[string]Session
}

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	_ int // so that no two have one address
}

// with runs fn with the table of r.
func (r *Registry) with(fn func(*table)) {
	all.RLock()
	if t := all.maps[r]; t != nil {
		defer all.RUnlock()
		fn(t)
		return
	}
	all.RUnlock()
	all.Lock()
	if all.maps[r] == nil {
		all.maps[r] = &table{sessions: map[string]Session{}}
	}
	all.Unlock()
	r.with(fn)
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	r.with(func(t *table) {
		t.Lock()
		defer t.Unlock()
		t.sessions[token] = s
	})
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	r.with(func(t *table) {
		t.RLock()
		defer t.RUnlock()
		s, found = t.sessions[token]
	})
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() (n int) {
	r.with(func(t *table) {
		t.RLock()
		defer t.RUnlock()
		n = len(t.sessions)
	})
	return n
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.with(func(t *table) {
		t.Lock()
		defer t.Unlock()
		for token, s := range t.sessions {
			if over(s) {
				delete(t.sessions, token)
				removed++
			}
		}
	})
	return removed
}
