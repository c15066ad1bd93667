// Right: the list is an immutable slice of pointers behind an atomic one. To add an article
// is to replace the slice, unless another goroutine has done so.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import (
	"sync/atomic"
)

// List is the stock of a warehouse. The zero List is empty and ready for use.
//
// All methods of List and Article may be called from many goroutines at once.
type List struct {
	articles atomic.Pointer[[]*Article]
}

// Article is one article of a list. Callers keep it as long as they like.
type Article struct {
	name   string
	pieces atomic.Int64
}

// Article returns the article with this name. If it is not on the list yet, it
// is added to it, with no pieces.
func (l *List) Article(name string) *Article {
	for {
		old := l.articles.Load()
		var articles []*Article
		if old != nil {
			articles = *old
		}
		for _, a := range articles {
			if a.name == name {
				return a
			}
		}
		a := &Article{name: name}
		next := append(articles[:len(articles):len(articles)], a)
		if l.articles.CompareAndSwap(old, &next) {
			return a
		}
	}
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	articles := l.articles.Load()
	if articles == nil {
		return nil
	}
	names := make([]string, len(*articles))
	for i, a := range *articles {
		names[i] = a.name
	}
	return names
}

// Add adds n pieces, or takes -n away, and returns how many there are now. The
// number may be negative: then some have been sold and not delivered.
func (a *Article) Add(n int64) (now int64) { return a.pieces.Add(n) }

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 { return a.pieces.Load() }
