// caught by: explore in TestScheduleSweepAndPages
// Wrong: Get takes no lock, and sees the sessions of a sweep go one by one.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import "sync"

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	sessions sync.Map // of Session, by token; pages read it without the lock

	mu sync.Mutex // is held by those who change sessions
	n  int        // how many there are
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
	if _, replaced := r.sessions.Swap(token, s); !replaced {
		r.n++
	}
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	v, found := r.sessions.Load(token)
	if !found {
		return Session{}, false
	}
	return v.(Session), true
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.n
}

// Sweep removes all sessions for which over returns true, and returns how many those
// were. Logins wait until over has returned, so over must not use the registry.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var condemned []any
	r.sessions.Range(func(token, s any) bool {
		if over(s.(Session)) {
			condemned = append(condemned, token)
		}
		return true
	})
	for _, token := range condemned {
		r.sessions.Delete(token)
	}
	r.n -= len(condemned)
	return len(condemned)
}
