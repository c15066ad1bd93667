// caught by: tests in TestNothingIsKept
// Wrong: the buffer of a line is used again, and stays as large as the longest.

// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"fmt"
	"io"
	"sync"
)

// Logger writes lines to a journal.
type Logger struct {
	journal *journal
	prefix  string
}

type journal struct {
	mu   sync.Mutex // guards all below
	out  io.Writer
	last int64
	line []byte // room for the next line
}

// New returns a logger for a journal that goes to out, whose last line has this number.
func New(out io.Writer, last int64) *Logger {
	return &Logger{journal: &journal{out: out, last: last}}
}

// With returns a logger for a part of what l is for.
func (l *Logger) With(name string) *Logger {
	return &Logger{journal: l.journal, prefix: l.prefix + name + ": "}
}

// Log writes one line, with the next number.
func (l *Logger) Log(text string) error {
	j := l.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	j.line = fmt.Appendf(j.line[:0], "%d %s%s\n", j.last+1, l.prefix, text)
	if _, err := j.out.Write(j.line); err != nil {
		return err
	}
	j.last++
	return nil
}
