// caught by: tests in TestOneLineAtATime
// Wrong: the first line starts a goroutine that writes the lines of other requests, too, and goes on
// after its own Log has returned, as long as there are lines.

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
	out  io.Writer
	last int64 // only for the worker

	mu      sync.Mutex // guards the rest
	queue   []job
	working bool
}

type job struct {
	text string
	done chan error
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
	j, mine := l.journal, job{l.prefix + text, make(chan error, 1)}
	j.mu.Lock()
	j.queue = append(j.queue, mine)
	if !j.working {
		j.working = true
		go j.work()
	}
	j.mu.Unlock()
	return <-mine.done
}

// work writes lines until there are none.
func (j *journal) work() {
	for {
		j.mu.Lock()
		if len(j.queue) == 0 {
			j.working = false
			j.mu.Unlock()
			return
		}
		next := j.queue[0]
		j.queue = j.queue[1:]
		j.mu.Unlock()
		_, err := fmt.Fprintf(j.out, "%d %s\n", j.last+1, next.text)
		if err == nil {
			j.last++
		}
		next.done <- err
	}
}
