// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import (
	"hash/fnv"
	"io"
	"sync"
)

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	shards [8]shard
}

// shard has the sessions of some tokens.
type shard struct {
	mu       sync.Mutex
	sessions map[string]Session // by token
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// shard returns the shard of a token.
func (r *Registry) shard(token string) *shard {
	hash := fnv.New32a()
	_, _ = io.WriteString(hash, token)
	return &r.shards[hash.Sum32()%uint32(len(r.shards))]
}

// lockAll locks all shards, always in the same order.
func (r *Registry) lockAll() {
	for i := range r.shards {
		r.shards[i].mu.Lock()
	}
}

func (r *Registry) unlockAll() {
	for i := range r.shards {
		r.shards[i].mu.Unlock()
	}
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
func (r *Registry) Len() (n int) {
	r.lockAll()
	defer r.unlockAll()
	for i := range r.shards {
		n += len(r.shards[i].sessions)
	}
	return n
}

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	r.lockAll()
	defer r.unlockAll()
	for i := range r.shards {
		for token, s := range r.shards[i].sessions {
			if over(s) {
				delete(r.shards[i].sessions, token)
				removed++
			}
		}
	}
	return removed
}
