// caught by: tests in TestNothingIsKept
// Wrong: a line that could not be written is kept until the next one, even if it is ten million bytes long.

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
}

// journal is where the lines go, and the number of the last one.
type journal struct {
	mu   sync.Mutex
	out  io.Writer
	last int64
	line []byte // the one that is being written
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
	j := l.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	number := j.last + 1
	j.line = append(strconv.AppendInt(j.line[:0], number, 10), ' ')
	j.line = append(append(j.line, l.prefix...), text...)
	j.line = append(j.line, '\n')
	if _, err := j.out.Write(j.line); err != nil {
		return err
	}
	j.last = number
	if cap(j.line) > 64<<10 { // do not keep it
		j.line = nil
	}
	return nil
}
