// Package sessionregistry knows which customers are logged in to a shop.
package sessionregistry

import (
	"hash/fnv"
	"sync/atomic"
)

// Registry holds the sessions of all customers that are logged in. The zero Registry
// is empty and ready for use.
//
// All methods may be called from many goroutines at once.
type Registry struct {
	root atomic.Pointer[node]
}

// node is never changed. nil is empty.
type node struct {
	token       string
	session     Session
	weight      uint32 // no child has a larger one
	size        int
	left, right *node
}

func join(n node, left, right *node) *node {
	n.left, n.right, n.size = left, right, 1+left.count()+right.count()
	return &n
}

func (n *node) count() int {
	if n == nil {
		return 0
	}
	return n.size
}

// split returns the tokens before and after one.
func (n *node) split(token string) (before, after *node) {
	switch {
	case n == nil:
		return nil, nil
	case n.token < token:
		b, a := n.right.split(token)
		return join(*n, n.left, b), a
	case n.token > token:
		b, a := n.left.split(token)
		return b, join(*n, a, n.right)
	default:
		return n.left, n.right
	}
}

// merge returns a tree of both, of which before has the smaller tokens.
func merge(before, after *node) *node {
	switch {
	case before == nil:
		return after
	case after == nil:
		return before
	case before.weight >= after.weight:
		return join(*before, before.left, merge(before.right, after))
	default:
		return join(*after, merge(before, after.left), after.right)
	}
}

// without returns a tree of those that are not over.
func (n *node) without(over func(token string, s Session) bool) *node {
	if n == nil {
		return nil
	}
	gone, left, right := over(n.token, n.session), n.left.without(over), n.right.without(over)
	switch {
	case gone:
		return merge(left, right)
	case left == n.left && right == n.right:
		return n
	default:
		return join(*n, left, right)
	}
}

// Session is one login.
type Session struct {
	User    string
	Expires int64 // in seconds since 1970
}

// Put stores a session under a token. If the token already has one, it is replaced.
func (r *Registry) Put(token string, s Session) {
	hash := fnv.New32a()
	hash.Write([]byte(token))
	one := node{token: token, session: s, weight: hash.Sum32() * 2654435761}
	for {
		old := r.root.Load()
		before, after := old.split(token)
		if r.root.CompareAndSwap(old, merge(merge(before, join(one, nil, nil)), after)) {
			return
		}
	}
}

// Get returns the session that is stored under a token, and whether there is one.
func (r *Registry) Get(token string) (s Session, found bool) {
	for n := r.root.Load(); n != nil; {
		switch {
		case token < n.token:
			n = n.left
		case token > n.token:
			n = n.right
		default:
			return n.session, true
		}
	}
	return Session{}, false
}

// Len returns how many sessions are stored.
func (r *Registry) Len() int { return r.root.Load().count() }

// Sweep removes all sessions for which over returns true, and returns how many it
// removed. Other calls may have to wait until over has returned, so over must not use the
// registry. over may be called more than once for a session.
func (r *Registry) Sweep(over func(Session) bool) (removed int) {
	gone := make(map[string]Session) // what over has returned true for: it may not do so twice
	isGone := func(token string, s Session) bool {
		if before, found := gone[token]; found && before == s {
			return true
		}
		if !over(s) {
			return false
		}
		gone[token] = s
		return true
	}
	for {
		old := r.root.Load()
		next := old.without(isGone)
		if r.root.CompareAndSwap(old, next) {
			return old.count() - next.count()
		}
	}
}
