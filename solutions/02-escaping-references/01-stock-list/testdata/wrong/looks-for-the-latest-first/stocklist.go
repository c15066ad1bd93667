// caught by: explore in TestScheduleScanAndArrival
// Wrong: the old article says where the new one is. Between this look and the lock it may move again.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import "sync"

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	mu       sync.Mutex // guards articles
	articles []Article
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name string

	mu     sync.Mutex // guards pieces
	pieces int64
	moved  *Article
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.articles {
		if l.articles[i].name == name {
			return &l.articles[i]
		}
	}
	if old := l.articles; len(old) == cap(old) {
		next := make([]Article, len(old), 2*len(old)+1)
		for i := range old {
			next[i].name = old[i].name
			old[i].mu.Lock()
			next[i].pieces = old[i].pieces
			old[i].moved = &next[i]
			old[i].mu.Unlock()
		}
		l.articles = next
	}
	l.articles = append(l.articles, Article{name: name})
	return &l.articles[len(l.articles)-1]
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make([]string, len(l.articles))
	for i := range l.articles {
		names[i] = l.articles[i].name
	}
	return names
}

// Add adds n pieces, or takes -n away, and returns how many there are now. The
// number may be negative: then some have been sold and not delivered.
func (a *Article) Add(n int64) (now int64) {
	a = a.latest()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pieces += n
	return a.pieces
}

func (a *Article) latest() *Article {
	a.mu.Lock()
	next := a.moved
	a.mu.Unlock()
	if next == nil {
		return a
	}
	return next.latest()
}

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 {
	a = a.latest()
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.pieces
}
