// caught by: race in TestScanWhileArticlesArrive
// Wrong: an index is right wherever the numbers are, but which array they are in is read without a lock.

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
	mu     sync.Mutex // guards names and pieces
	names  []string
	pieces []atomic.Int64
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	list   *List
	number int
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, n := range l.names {
		if n == name {
			return &Article{l, i}
		}
	}
	l.names = append(l.names, name)
	l.pieces = append(l.pieces, atomic.Int64{})
	return &Article{l, len(l.names) - 1}
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.names...)
}

// Add adds n pieces, or takes -n away, and returns how many there are now. The
// number may be negative: then some have been sold and not delivered.
func (a *Article) Add(n int64) (now int64) {
	return a.list.pieces[a.number].Add(n)
}

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 {
	return a.list.pieces[a.number].Load()
}
