// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import "sync"

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	once     sync.Once
	sessions chan map[string]Session // by token; a goroutine that has received the map may use it
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// use calls fn with the map, which no other call uses meanwhile.
func (r *Registry) use(fn func(sessions map[string]Session)) {
	r.once.Do(func() {
		r.sessions = make(chan map[string]Session, 1)
		r.sessions <- make(map[string]Session)
	})
	sessions := <-r.sessions
	defer func() { r.sessions <- sessions }()
	fn(sessions)
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	r.use(func(sessions map[string]Session) { sessions[token] = s })
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	r.use(func(sessions map[string]Session) { s, found = sessions[token] })
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() (n int) {
	r.use(func(sessions map[string]Session) { n = len(sessions) })
	return n
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.use(func(sessions map[string]Session) {
		for token, s := range sessions {
			if over(s) {
				delete(sessions, token)
				removed++
			}
		}
	})
	return removed
}
