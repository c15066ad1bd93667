// Package mutexbyvalue writes the journal of a shop.
package mutexbyvalue

import (
	"io"
	"slices"
	"strconv"
	"sync"
)

// Logger writes lines to a journal. Each part of the shop has a logger of its own; all
// that come from one New, by way of With, write to the same journal.
//
// All methods may be called from many goroutines at once.
type Logger struct {
	journal *journal
	names   *names
}

// names are the names that were given to With, the last one first. They never change.
type names struct {
	last   string
	before *names
}

// journal is where the lines go. Goroutines that wait to write one stand in a queue: the first
// may write, and then wakes the next.
type journal struct {
	out  io.Writer
	last int64 // the number of the last line; belongs to the goroutine that writes

	mu    sync.Mutex // is held for a moment only
	busy  bool
	first *writer
	end   *writer
}

// writer waits in a queue until its turn is closed.
type writer struct {
	turn chan struct{}
	next *writer
}

// New returns a logger for a journal that goes to out. last is the number of the last
// line that out already has, or 0 if it has none.
func New(out io.Writer, last int64) *Logger {
	return &Logger{journal: &journal{out: out, last: last}}
}

// With returns a logger for a part of what l is for. It writes to the same journal,
// and its lines begin as those of l do, followed by the name and ": ".
func (l *Logger) With(name string) *Logger {
	return &Logger{journal: l.journal, names: &names{last: name, before: l.names}}
}

// Log writes one line, with the next number, by a single call of Write. If that fails,
// Log returns the error, and the next line gets that number.
func (l *Logger) Log(text string) error {
	var all []string
	for n := l.names; n != nil; n = n.before {
		all = append(all, n.last)
	}
	slices.Reverse(all)

	j := l.journal
	j.enter()
	defer j.leave()
	line := append(strconv.AppendInt(nil, j.last+1, 10), ' ')
	for _, name := range all {
		line = append(append(line, name...), ": "...)
	}
	line = append(append(line, text...), '\n')
	_, err := j.out.Write(line)
	if err == nil {
		j.last++
	}
	return err
}

// enter returns when it is the caller's turn to write.
func (j *journal) enter() {
	j.mu.Lock()
	if !j.busy {
		j.busy = true
		j.mu.Unlock()
		return
	}
	w := &writer{turn: make(chan struct{})}
	if j.first == nil {
		j.first = w
	} else {
		j.end.next = w
	}
	j.end = w
	j.mu.Unlock()
	<-w.turn
}

// leave gives the turn to the next.
func (j *journal) leave() {
	j.mu.Lock()
	defer j.mu.Unlock()
	w := j.first
	if w == nil {
		j.busy, j.end = false, nil
		return
	}
	j.first = w.next
	close(w.turn)
}
