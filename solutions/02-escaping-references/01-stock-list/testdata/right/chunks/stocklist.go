// Right: articles are kept in arrays of eight that never move. What append moves are the
// pointers to the arrays.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import "sync"

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	mu     sync.Mutex // guards chunks and count
	chunks []*[chunk]Article
	count  int
}

const chunk = 8

// at is article number i.
func (l *List) at(i int) *Article { return &l.chunks[i/chunk][i%chunk] }

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name string

	mu     sync.Mutex // guards pieces
	pieces int64
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.count {
		if a := l.at(i); a.name == name {
			return a
		}
	}
	if l.count == chunk*len(l.chunks) {
		l.chunks = append(l.chunks, new([chunk]Article))
	}
	l.count++
	a := l.at(l.count - 1)
	a.name = name
	return a
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make([]string, l.count)
	for i := range names {
		names[i] = l.at(i).name
	}
	return names
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
