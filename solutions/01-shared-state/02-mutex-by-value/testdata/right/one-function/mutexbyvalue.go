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
	write  func(text string) error // the same for all loggers of a journal
	prefix string
}

// New returns a logger for a journal that goes to out. last is the number of the last
// line that out already has, or 0 if it has none.
func New(out io.Writer, last int64) *Logger {
	var mu sync.Mutex // guards last, and calls of out.Write
	return &Logger{write: func(text string) error {
		mu.Lock()
		defer mu.Unlock()
		_, err := fmt.Fprintf(out, "%d %s\n", last+1, text)
		if err == nil {
			last++
		}
		return err
	}}
}

// With returns a logger for a part of what l is for. It writes to the same journal,
// and its lines begin as those of l do, followed by the name and ": ".
func (l *Logger) With(name string) *Logger {
	return &Logger{write: l.write, prefix: l.prefix + name + ": "}
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error { return l.write(l.prefix + text) }
