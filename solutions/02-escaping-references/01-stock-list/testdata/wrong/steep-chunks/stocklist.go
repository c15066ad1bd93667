// caught by: tests in TestSmallListIsSmall
// Wrong: articles are in chunks, which do not move, and the second chunk has room for thousands. A
// list with 65 articles takes as much memory as one with four thousand.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import "sync"

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	mu     sync.Mutex // guards the rest
	byName map[string]*Article
	names  []string
	chunks [][]Article // a chunk never moves; only the last one has room
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
	l.mu.Lock()
	defer l.mu.Unlock()
	if a, found := l.byName[name]; found {
		return a
	}
	last := len(l.chunks) - 1
	if last < 0 || len(l.chunks[last]) == cap(l.chunks[last]) {
		size := 64
		if last >= 0 {
			size *= cap(l.chunks[last])
		} else {
			l.byName = make(map[string]*Article)
		}
		l.chunks = append(l.chunks, make([]Article, 0, min(size, 4096)))
		last++
	}
	l.chunks[last] = append(l.chunks[last], Article{name: name})
	a := &l.chunks[last][len(l.chunks[last])-1]
	l.byName[name] = a
	l.names = append(l.names, name)
	return a
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make([]string, len(l.names))
	copy(names, l.names)
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
