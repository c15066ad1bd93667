// caught by: tests in TestFailedWrite
// Wrong: after ten failures it spares the disk, and returns the last error without a Write. When
// the disk has room again, lines are lost until it looks.

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
	journal *journal
	prefix  string
}

// journal is where the lines go, and the number of the last one.
type journal struct {
	mu       sync.Mutex // guards the rest
	out      io.Writer
	last     int64
	failures int
	err      error
}

// New returns a logger for a journal that goes to out. last is the number of the last
// line that out already has, or 0 if it has none.
func New(out io.Writer, last int64) *Logger {
	return &Logger{journal: &journal{out: out, last: last}}
}

// With returns a logger for a part of what l is for. It writes to the same journal,
// and its lines begin as those of l do, followed by the name and ": ".
func (l *Logger) With(name string) *Logger {
	return &Logger{journal: l.journal, prefix: l.prefix + name + ": "}
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error {
	j := l.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.failures >= 10 && j.failures%100 != 0 {
		j.failures++
		return j.err
	}
	_, j.err = fmt.Fprintf(j.out, "%d %s%s\n", j.last+1, l.prefix, text)
	if j.err != nil {
		j.failures++
		return j.err
	}
	j.failures = 0
	j.last++
	return nil
}
