// caught by: leak in TestManyRequests
// Wrong: one goroutine writes all lines of a journal, in order, and never ends.

// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"fmt"
	"io"
)

// Logger writes lines to a journal. Each part of the shop has a logger of its own; all
// that come from one New, by way of With, write to the same journal.
//
// All methods may be called from many goroutines at once.
type Logger struct {
	lines  chan line
	prefix string
}

// line is one line, and where the answer goes.
type line struct {
	text    string
	written chan error
}

// New returns a logger for a journal that goes to out. last is the number of the last
// line that out already has, or 0 if it has none.
func New(out io.Writer, last int64) *Logger {
	l := &Logger{lines: make(chan line)}
	go func() {
		for next := range l.lines {
			_, err := fmt.Fprintf(out, "%d %s\n", last+1, next.text)
			if err == nil {
				last++
			}
			next.written <- err
		}
	}()
	return l
}

// With returns a logger for a part of what l is for. It writes to the same journal,
// and its lines begin as those of l do, followed by the name and ": ".
func (l *Logger) With(name string) *Logger {
	return &Logger{lines: l.lines, prefix: l.prefix + name + ": "}
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error {
	written := make(chan error)
	l.lines <- line{l.prefix + text, written}
	return <-written
}
