// caught by: tests in TestSmallListIsSmall
// Wrong: articles are allocated by the thousand, also for a list that has one.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import (
	"sync"
	"sync/atomic"
)

// chunk is how many articles are allocated at once.
const chunk = 2048

// List is the stock of a warehouse. The zero List is empty and ready for use.
type List struct {
	mu     sync.Mutex // guards the rest
	byName map[string]*Article
	chunks [][]Article // each has room for the same number, so that no article moves
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name   string
	pieces atomic.Int64
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.byName[name]; a != nil {
		return a
	}
	if l.byName == nil {
		l.byName = make(map[string]*Article)
	}
	if len(l.byName)%chunk == 0 {
		l.chunks = append(l.chunks, make([]Article, 0, chunk))
	}
	last := &l.chunks[len(l.chunks)-1]
	*last = (*last)[:len(*last)+1]
	a := &(*last)[len(*last)-1]
	a.name = name
	l.byName[name] = a
	return a
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := make([]string, 0, len(l.byName))
	for _, c := range l.chunks {
		for i := range c {
			names = append(names, c[i].name)
		}
	}
	return names
}

// Add adds n pieces, or takes -n away, and returns how many there are now. The
// number may be negative: then some have been sold and not delivered.
func (a *Article) Add(n int64) (now int64) { return a.pieces.Add(n) }

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 { return a.pieces.Load() }
