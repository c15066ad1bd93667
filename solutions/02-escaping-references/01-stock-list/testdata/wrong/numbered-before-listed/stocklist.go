// caught by: tests in TestScanWhileArticlesArrive
// Wrong: an article has its number before it is on the list. Another one with a larger number may
// be listed first, and then Names says that the smaller one has come before it.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
)

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	next     atomic.Int64 // the number of the next article
	articles sync.Map     // *Article by name
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name   string
	number int64

	mu     sync.Mutex // guards pieces
	pieces int64
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	if a, found := l.articles.Load(name); found {
		return a.(*Article)
	}
	a, _ := l.articles.LoadOrStore(name, &Article{name: name, number: l.next.Add(1)})
	return a.(*Article)
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	var all []*Article
	for _, a := range l.articles.Range {
		all = append(all, a.(*Article))
	}
	slices.SortFunc(all, func(a, b *Article) int { return cmp.Compare(a.number, b.number) })
	names := make([]string, len(all))
	for i, a := range all {
		names[i] = a.name
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
