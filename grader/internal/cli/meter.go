package cli

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/charmbracelet/x/term"

	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
)

// meter shows how far a grading is: one line on a terminal, written over again
// and again, and nothing anywhere else.
type meter struct {
	mu          sync.Mutex
	w           io.Writer // nil: not a terminal
	done, total int
	failure     string // the first that was seen
}

func newMeter(w io.Writer, exercises []kata.Exercise) *meter {
	total := 0
	for _, e := range exercises {
		total += len(e.Tests)
	}
	return startMeter(w, total)
}

// startMeter begins a meter; without a total it only counts.
func startMeter(w io.Writer, total int) *meter {
	m := &meter{total: total}
	if f, ok := w.(*os.File); ok && term.IsTerminal(f.Fd()) {
		m.w = w
		m.print("starting")
	}
	return m
}

// doing says what is going on that is no test.
func (m *meter) doing(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.print(what)
}

// step says that one more test is done. A failure stays on the line: that is what
// a learner waits for.
func (m *meter) step(exercise, test, failure string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	if failure != "" && m.failure == "" {
		m.failure = "✗ " + exercise + ": " + failure
	}
	if m.failure != "" {
		m.print(m.failure)
	} else {
		m.print(exercise + " " + test)
	}
}

const eraseLine = "\r\x1b[K"

func (m *meter) print(what string) {
	if m.w == nil {
		return
	}
	text := harmless.Line(what)
	switch {
	case m.total > 0:
		text = fmt.Sprintf("%d of %d tests · %s", m.done, m.total, text)
	case m.done > 0:
		text = fmt.Sprintf("%d tests · %s", m.done, text)
	}
	fmt.Fprint(m.w, eraseLine, harmless.Cut(text, columnsOf(m.w)))
}

// columnsOf is how wide a line may be: one that wraps is not written over.
func columnsOf(w io.Writer) int {
	return columns(w) - 1
}

func (m *meter) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.w != nil {
		fmt.Fprint(m.w, eraseLine)
	}
}
