// caught by: tests in TestNamesAreInOrder
// Wrong: the names are in one text, a line each. A name that contains a newline becomes two.

package stocklist

import (
	"strings"
	"sync"
	"sync/atomic"
)

type Article struct {
	pieces atomic.Int64
}

func (a *Article) Add(n int64) (now int64) { return a.pieces.Add(n) }

func (a *Article) Pieces() int64 { return a.pieces.Load() }

type List struct {
	mu       sync.Mutex
	articles map[string]*Article
	names    strings.Builder
}

func (l *List) Article(name string) *Article {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.articles[name]
	if a == nil {
		a = &Article{}
		if l.articles == nil {
			l.articles = map[string]*Article{}
		}
		l.articles[name] = a
		l.names.WriteString(name + "\n")
	}
	return a
}

func (l *List) Names() []string {
	l.mu.Lock()
	text := l.names.String()
	l.mu.Unlock()
	names := make([]string, 0, strings.Count(text, "\n"))
	for line := range strings.Lines(text) {
		names = append(names, strings.TrimSuffix(line, "\n"))
	}
	return names
}
