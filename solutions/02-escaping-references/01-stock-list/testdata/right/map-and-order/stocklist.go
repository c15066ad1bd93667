// Right: a map finds the article, and a slice keeps the names in their order.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import "sync"

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	mu       sync.RWMutex // guards articles and names
	articles map[string]*Article
	names    []string
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
	l.mu.RLock()
	a := l.articles[name]
	l.mu.RUnlock()
	if a != nil {
		return a
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.articles[name]; a != nil { // it has arrived between the two locks
		return a
	}
	if l.articles == nil {
		l.articles = map[string]*Article{}
	}
	a = &Article{name: name}
	l.articles[name] = a
	l.names = append(l.names, name)
	return a
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return append([]string(nil), l.names...)
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
