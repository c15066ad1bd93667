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
		m.print("building")
	}
	return m
}

// step says that one more test is done.
func (m *meter) step(exercise, test string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done++
	m.print(exercise + " " + test)
}

const eraseLine = "\r\x1b[K"

func (m *meter) print(what string) {
	if m.w == nil {
		return
	}
	of := ""
	if m.total > 0 {
		of = fmt.Sprintf("of %d ", m.total)
	}
	fmt.Fprintf(m.w, "%s%d %stests · %.60s", eraseLine, m.done, of, harmless.Line(what))
}

func (m *meter) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.w != nil {
		fmt.Fprint(m.w, eraseLine)
	}
}
