// caught by: explore in TestScheduleTwoAddOneName
// Wrong: the names are kept until an article is added, and dropped after the lock is released. A
// scanner that finds the article before that gets names without it.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import (
	"slices"
	"sync"
	"sync/atomic"
)

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	mu       sync.Mutex // guards articles and order
	articles map[string]*Article
	order    []*Article

	names atomic.Pointer[[]string] // those of order, or nil if it has changed
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name string

	mu     sync.Mutex // guards pieces
	pieces int64
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	a, added := l.find(name)
	if added {
		l.names.Store(nil)
	}
	return a
}

// find returns an article, and reports whether it was added.
func (l *List) find(name string) (a *Article, added bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, found := l.articles[name]; found {
		return a, false
	}
	if l.articles == nil {
		l.articles = make(map[string]*Article)
	}
	a = &Article{name: name}
	l.articles[name] = a
	l.order = append(l.order, a)
	return a, true
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	if names := l.names.Load(); names != nil {
		return slices.Clone(*names)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make([]string, len(l.order))
	for i, a := range l.order {
		names[i] = a.name
	}
	l.names.Store(&names)
	return slices.Clone(names)
}

// Add adds n pieces, or takes -n away, and returns how many there are now. The
// number may be negative: then some have been sold and not delivered.
func (a *Article) Add(n int64) (now int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pieces += n
	return a.pieces
}

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pieces
}
