// caught by: tests in TestRenewalDuringSweep
// Wrong: tokens of different lengths are locked apart, and swept one lock after the other. Others
// see half of a sweep.

// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import "sync"

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	// Tokens differ in length from one kind of client to the other, so that each has a
	// lock of its own.
	shards [16]shard
}

type shard struct {
	mu       sync.Mutex
	sessions map[string]Session // by token
}

func (r *Registry) shard(token string) *shard {
	return &r.shards[len(token)/16%len(r.shards)]
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	h := r.shard(token)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sessions == nil {
		h.sessions = make(map[string]Session)
	}
	h.sessions[token] = s
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	h := r.shard(token)
	h.mu.Lock()
	defer h.mu.Unlock()
	s, found = h.sessions[token]
	return s, found
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int {
	n := 0
	for i := range r.shards {
		n += r.shards[i].len()
	}
	return n
}

func (h *shard) len() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.sessions)
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	for i := range r.shards {
		removed += r.shards[i].sweep(over)
	}
	return removed
}

func (h *shard) sweep(over func(Session) bool) (removed int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for token, s := range h.sessions {
		if over(s) {
			delete(h.sessions, token)
			removed++
		}
	}
	return removed
}
