// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"fmt"
	"io"
	"sync/atomic"
)

// Logger writes lines to a journal. Each part of the shop has a logger of its own; all
// that come from one New, by way of With, write to the same journal.
//
// All methods may be called from many goroutines at once.
type Logger struct {
	journal *journal
	parent  *Logger
	name    string
}

type journal struct {
	out  io.Writer
	tail atomic.Pointer[line]
}

// line is a line that was, or will be, written. When written is closed, number is that
// of the last line.
type line struct {
	written chan struct{}
	number  int64
}

// New returns a logger for a journal that goes to out. last is the number of the last
// line that out already has, or 0 if it has none.
func New(out io.Writer, last int64) *Logger {
	first := &line{make(chan struct{}), last}
	close(first.written)
	j := &journal{out: out}
	j.tail.Store(first)
	return &Logger{journal: j}
}

// With returns a logger for a part of what l is for. It writes to the same journal,
// and its lines begin as those of l do, followed by the name and ": ".
func (l *Logger) With(name string) *Logger {
	return &Logger{journal: l.journal, parent: l, name: name}
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error {
	for part := l; part.parent != nil; part = part.parent {
		text = part.name + ": " + text
	}
	me := &line{written: make(chan struct{})}
	before := l.journal.tail.Swap(me)
	<-before.written
	me.number = before.number
	defer close(me.written)
	_, err := fmt.Fprintf(l.journal.out, "%d %s\n", me.number+1, text)
	if err == nil {
		me.number++
	}
	return err
}
