// caught by: tests in TestNamesAreInOrder
// Wrong: two callers share an array, and the slice of the first has room in that of the second.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import (
	"sync"
	"sync/atomic"
)

// List is the stock of a warehouse. The zero List is empty and ready for use.
type List struct {
	mu       sync.Mutex // guards all below
	articles map[string]*Article
	names    []string
	copied   []string // a copy of names that no caller has yet; nil if there is none
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name   string
	pieces atomic.Int64
}

// Add adds n pieces, or takes -n away, and returns how many there are now.
func (a *Article) Add(n int64) (now int64) { return a.pieces.Add(n) }

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 { return a.pieces.Load() }

// Article returns the article with this name, and adds it to the list if it is not on it yet.
func (l *List) Article(name string) *Article {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.articles[name]
	if a == nil {
		if l.articles == nil {
			l.articles = make(map[string]*Article)
		}
		a = &Article{name: name}
		l.articles[name] = a
		l.names = append(l.names, name)
		l.copied = nil
	}
	return a
}

// Names returns the names of all articles, in the order in which they were added. It makes two copies at a time.
func (l *List) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if mine := l.copied; mine != nil {
		l.copied = nil
		return mine
	}
	n := len(l.names)
	both := append(append(make([]string, 0, 2*n), l.names...), l.names...)
	l.copied = both[n:]
	return both[:n]
}
