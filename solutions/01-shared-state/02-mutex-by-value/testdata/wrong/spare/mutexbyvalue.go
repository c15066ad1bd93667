// caught by: tests in TestNothingIsKept
// Wrong: the lines that waited stay in an array that is used again.

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

// journal is where the lines go, and the number of the last one. One of the calls of Log writes
// the lines of all that come meanwhile.
type journal struct {
	out  io.Writer
	last int64 // of the one that writes

	mu      sync.Mutex // guards what follows
	writing bool
	waiting []*line // for the one that writes
	spare   []*line // an empty slice, for those that wait next
}

// A line is what a call of Log wants to have written.
type line struct {
	prefix, text string
	written      chan error // nil unless the call waits
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
	j, mine := l.journal, &line{prefix: l.prefix, text: text}
	if j.isBusy(mine) {
		return <-mine.written
	}
	err := j.write(mine)
	for batch := j.next(nil); len(batch) > 0; batch = j.next(batch) {
		for _, other := range batch {
			other.written <- j.write(other)
		}
	}
	return err
}

// isBusy reports whether another call writes. Then that will write this line.
func (j *journal) isBusy(l *line) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.writing {
		j.writing = true
		return false
	}
	l.written = make(chan error, 1)
	j.waiting = append(j.waiting, l)
	return true
}

// next returns the lines that wait, after those of a batch have been written. If there are none, the
// call does not write any more.
func (j *journal) next(batch []*line) []*line {
	j.mu.Lock()
	defer j.mu.Unlock()
	if cap(batch) > cap(j.spare) {
		j.spare = batch[:0]
	}
	if len(j.waiting) == 0 {
		j.writing = false
		return nil
	}
	batch, j.waiting, j.spare = j.waiting, j.spare, nil
	return batch
}

func (j *journal) write(l *line) error {
	number := j.last + 1
	if _, err := fmt.Fprintf(j.out, "%d %s%s\n", number, l.prefix, l.text); err != nil {
		return err
	}
	j.last = number
	return nil
}
