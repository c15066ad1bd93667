// caught by: tests in TestNamesAreInOrder
// Wrong: articles are told apart by a hash of 64 bits alone.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import (
	"sync"
	"sync/atomic"
)

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	mu       sync.RWMutex
	articles map[uint64]*Article // by the hash of the name
	order    []*Article
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name   string
	pieces atomic.Int64
}

// hash is FNV-1a.
func hash(name string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(name) {
		h ^= uint64(name[i])
		h *= 1099511628211
	}
	return h
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	h := hash(name)
	l.mu.RLock()
	a := l.articles[h]
	l.mu.RUnlock()
	if a != nil {
		return a
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.articles[h]; a != nil {
		return a
	}
	if l.articles == nil {
		l.articles = make(map[uint64]*Article)
	}
	a = &Article{name: name}
	l.articles[h] = a
	l.order = append(l.order, a)
	return a
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	names := make([]string, len(l.order))
	for i, a := range l.order {
		names[i] = a.name
	}
	return names
}

// Add adds n pieces, or takes -n away, and returns how many there are now. The
// number may be negative: then some have been sold and not delivered.
func (a *Article) Add(n int64) (now int64) {
	return a.pieces.Add(n)
}

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 {
	return a.pieces.Load()
}
