// caught by: tests in TestNothingIsKept
// Wrong: each logger keeps the buffer of its last line, up to 64 KB. Ten thousand loggers keep 640 MB.

// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"io"
	"strconv"
	"sync"
)

// Logger writes lines to a journal. Each part of the shop has a logger of its own; all
// that come from one New, by way of With, write to the same journal.
//
// All methods may be called from many goroutines at once.
type Logger struct {
	journal *journal
	prefix  string
	line    []byte // for the next line; guarded by journal.mu
}

// journal is where the lines go, and the number of the last one.
type journal struct {
	mu   sync.Mutex
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
	return &Logger{journal: l.journal, prefix: l.prefix + name + ": "}
}

// Log writes one line.
func (l *Logger) Log(text string) error {
	l.journal.mu.Lock()
	defer l.journal.mu.Unlock()
	number := l.journal.last + 1
	line := append(strconv.AppendInt(l.line[:0], number, 10), ' ')
	line = append(append(line, l.prefix...), text...)
	line = append(line, '\n')
	if cap(line) <= 64<<10 { // as fmt does
		l.line = line
	}
	if _, err := l.journal.out.Write(line); err != nil {
		return err
	}
	l.journal.last = number
	return nil
}
