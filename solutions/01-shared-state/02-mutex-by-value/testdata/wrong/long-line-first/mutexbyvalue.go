// caught by: tests in TestNothingIsKept
// Wrong: a long line is formatted before the lock, and its number may need more digits then.

// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"io"
	"strconv"
	"sync"
	"sync/atomic"
)

// Logger writes lines to a journal.
type Logger struct {
	journal *journal
	prefix  string
}

type journal struct {
	mu   sync.Mutex // held while a line is being written
	out  io.Writer
	last atomic.Int64 // written under mu
}

// long is from how many bytes on a line is put together while others are written.
const long = 1 << 16

// New returns a logger for a journal that goes to out, whose last line has this number.
func New(out io.Writer, last int64) *Logger {
	j := &journal{out: out}
	j.last.Store(last)
	return &Logger{journal: j}
}

// With returns a logger for a part of what l is for.
func (l *Logger) With(name string) *Logger {
	return &Logger{journal: l.journal, prefix: l.prefix + name + ": "}
}

func (l *Logger) line(number int64, text string) []byte {
	return []byte(strconv.FormatInt(number, 10) + " " + l.prefix + text + "\n")
}

// Log writes one line, with the next number.
func (l *Logger) Log(text string) error {
	j := l.journal
	var line []byte
	if len(l.prefix)+len(text) >= long {
		line = l.line(j.last.Load()+1, text)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	number := j.last.Load() + 1
	if line == nil {
		line = l.line(number, text)
	} else {
		copy(line, strconv.FormatInt(number, 10))
	}
	if _, err := j.out.Write(line); err != nil {
		return err
	}
	j.last.Store(number)
	return nil
}
