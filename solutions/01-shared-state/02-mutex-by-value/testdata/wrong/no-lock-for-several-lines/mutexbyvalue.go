// caught by: explore in TestScheduleManyCalls
// Wrong: a text with a line break is written without the lock

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
	prefix  string
}

// journal is where the lines go, and the number of the last one. All loggers that
// write to it share it, and so its lock.
type journal struct {
	out io.Writer

	mu   sync.Mutex // guards last, and calls of out.Write
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
	return &Logger{journal: l.journal, prefix: l.prefix + name + ": "}
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error {
	if !strings.Contains(text, "\n") {
		l.journal.mu.Lock()
		defer l.journal.mu.Unlock()
	}
	number := l.journal.last + 1
	if _, err := fmt.Fprintf(l.journal.out, "%d %s%s\n", number, l.prefix, text); err != nil {
		return err
	}
	l.journal.last = number
	return nil
}
