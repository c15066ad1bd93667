// caught by: tests in TestScanWhileArticlesArrive
// Wrong: what arrives while an index is made is forgotten, and added again.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// List is the stock of a warehouse. The zero List is empty and ready for use.
type List struct {
	index atomic.Pointer[map[string]*Article] // does not change: it is replaced

	mu     sync.Mutex          // guards all below
	recent map[string]*Article // those that are not in index yet
	names  []string
	making bool // an index is being made
}

// many is how many new articles are worth a new index.
const many = 4096

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
	if a := l.indexed()[name]; a != nil {
		return a
	}
	a, full := l.lookUp(name)
	if full {
		l.makeIndex()
	}
	return a
}

func (l *List) indexed() map[string]*Article {
	if index := l.index.Load(); index != nil {
		return *index
	}
	return nil
}

func (l *List) lookUp(name string) (a *Article, full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if a := l.indexed()[name]; a != nil { // it has just been made
		return a, false
	}
	if a := l.recent[name]; a != nil {
		return a, false
	}
	if l.recent == nil {
		l.recent = make(map[string]*Article)
	}
	a = &Article{name: name}
	l.recent[name] = a
	l.names = append(l.names, name)
	full = len(l.recent) >= many && !l.making
	l.making = l.making || full
	return a, full
}

// makeIndex makes an index of all articles. That takes a while, so others need not wait for it.
func (l *List) makeIndex() {
	l.mu.Lock()
	recent := maps.Clone(l.recent)
	l.mu.Unlock()
	next := make(map[string]*Article, len(l.indexed())+len(recent))
	maps.Copy(next, l.indexed())
	maps.Copy(next, recent)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.index.Store(&next)
	l.recent = nil
	l.making = false
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.names)
}
