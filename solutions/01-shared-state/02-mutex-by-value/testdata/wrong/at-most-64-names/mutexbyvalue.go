// caught by: tests in TestLinesAndNumbers
// Wrong: no part of the shop has that many parts within parts, and the one that does panics.

// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// Logger writes lines to a journal. Each part of the shop has a logger of its own; all
// that come from one New, by way of With, write to the same journal.
//
// All methods may be called from many goroutines at once.
type Logger struct {
	journal *journal
	names   [64]string
	depth   int
}

// journal is where the lines go, and the number of the last one.
type journal struct {
	mu   sync.Mutex // guards the rest
	out  io.Writer
	last int64
}

// New returns a logger for a journal that goes to out. last is the number of the last
// line that out already has, or 0 if it has none.
func New(out io.Writer, last int64) *Logger {
	return &Logger{journal: &journal{out: out, last: last}}
}

// With returns a logger for a part of what l is for. It writes to the same journal,
// and its lines begin as those of l do, followed by the name and ": ".
func (l *Logger) With(name string) *Logger {
	part := *l
	part.names[part.depth] = name
	part.depth++
	return &part
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error {
	parts := append(append([]string(nil), l.names[:l.depth]...), text)
	j := l.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := fmt.Fprintf(j.out, "%d %s\n", j.last+1, strings.Join(parts, ": ")); err != nil {
		return err
	}
	j.last++
	return nil
}
