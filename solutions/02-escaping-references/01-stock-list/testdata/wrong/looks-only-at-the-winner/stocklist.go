// caught by: explore in TestScheduleSameNameAmongOthers
// Wrong: when another goroutine was faster, only the name that it has added is compared. The
// ones that were added behind it are skipped, and a lamp among them is added once more.

// Package stocklist knows how many pieces of each article a warehouse has.
package stocklist

import "sync/atomic"

// List is the stock of a warehouse: a linked list that only grows, without locks.
type List struct{ first atomic.Pointer[Article] }

// Article is one article of a list.
type Article struct {
	name   string
	pieces atomic.Int64
	next   atomic.Pointer[Article]
}

// Article returns the article with this name.
func (l *List) Article(name string) *Article {
	end := &l.first
	for a := end.Load(); a != nil; a = end.Load() {
		if a.name == name {
			return a
		}
		end = &a.next
	}
	added := &Article{name: name}
	for !end.CompareAndSwap(nil, added) { // another one was faster
		other := end.Load()
		if other.name == name {
			return other
		}
		for next := other.next.Load(); next != nil; next = other.next.Load() {
			other = next // to the end
		}
		end = &other.next
	}
	return added
}

// Names returns the names of all articles, in the order in which they were added.
func (l *List) Names() []string {
	var names []string
	for a := l.first.Load(); a != nil; a = a.next.Load() {
		names = append(names, a.name)
	}
	return names
}

// Add adds n pieces, and returns how many there are now.
func (a *Article) Add(n int64) (now int64) { return a.pieces.Add(n) }

// Pieces returns how many pieces there are.
func (a *Article) Pieces() int64 { return a.pieces.Load() }
