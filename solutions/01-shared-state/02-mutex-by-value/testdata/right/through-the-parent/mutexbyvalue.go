// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"fmt"
	"io"
	"sync"
)

// Logger writes lines to a journal. Each part of the shop has a logger of its own; all
// that come from one New, by way of With, write to the same journal.
//
// All methods may be called from many goroutines at once.
type Logger struct {
	parent *Logger // has the rest of the line; nil if the journal is this logger's own
	name   string

	mu   sync.Mutex // guards last, and calls of out.Write
	out  io.Writer
	last int64
}

// New returns a logger for a journal that goes to out. last is the number of the last
// line that out already has, or 0 if it has none.
func New(out io.Writer, last int64) *Logger {
	return &Logger{out: out, last: last}
}

// With returns a logger for a part of what l is for. It writes to the same journal,
// and its lines begin as those of l do, followed by the name and ": ".
func (l *Logger) With(name string) *Logger {
	return &Logger{parent: l, name: name}
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error {
	if l.parent != nil {
		return l.parent.Log(l.name + ": " + text)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	number := l.last + 1
	if _, err := fmt.Fprintf(l.out, "%d %s\n", number, text); err != nil {
		return err
	}
	l.last = number
	return nil
}
