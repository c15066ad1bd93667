package play

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// A prediction is a game in the dark: the player sees which line each goroutine is on, but
// not what the moves do. Then the order is played and shown, and judged by its end.

// prediction is how far one has come.
type prediction int

const (
	none     prediction = iota
	thinking            // moves are being chosen
	revealed            // it has been played
)

// predict begins a prediction, or plays the one that has been made.
func (m *model) predict() tea.Cmd {
	if m.prediction != thinking {
		m.back(0)
		m.prediction, m.mark, m.hint = thinking, 0, hint{}
		return nil
	}
	if len(m.choices) == 0 {
		m.note = note{"Choose at least one move: which goroutine goes on?", warn}
		return nil
	}
	m.moves = len(m.choices)
	m.prediction = revealed
	return m.finish()
}

// reveal ends a prediction whose order is at its end by itself.
func (m *model) reveal() {
	if m.prediction == thinking && m.turn().Ended() {
		m.prediction, m.moves = revealed, len(m.choices)
	}
}

// predictKeys are the keys that matter meanwhile.
const predictKeys = "1–9 next move · ↑↓ look · ← take back · p play them · esc give up · q quit"

// predicts answers the keys of which a prediction has no use. It is false of all
// others.
func (m *model) predicts(key string) bool {
	if m.prediction != thinking || !slices.Contains([]string{"h", "f", "space", "m", "'"}, key) {
		return false
	}
	m.note = note{"Not while you predict: p plays your moves, esc shows what they do.", warn}
	return true
}

// predicting is what is on the screen in the place of the picture: the moves so far, and
// the source with the goroutines on their lines.
func (m *model) predicting(columns, room int) []string {
	lines := []string{ansi.Truncate(m.movesLine(), columns, "…"), ""}
	lines = append(lines, m.listing(columns, room-len(lines))...)
	for len(lines) < room {
		lines = append(lines, "")
	}
	return lines[:max(0, room)]
}

func (m *model) movesLine() string {
	if len(m.choices) == 0 {
		return faint.of("No move yet. After your last one, no switch is made that is not needed.")
	}
	var names []string
	for i, k := range m.choices {
		names = append(names, nameOf(m.path[i].Options[k]))
	}
	if most := 12; len(names) > most {
		names = append([]string{"…"}, names[len(names)-most:]...)
	}
	return "Your moves: " + strings.Join(names, " ")
}

// nameOf is an option without what it does.
func nameOf(o explored.Option) string {
	switch {
	case o.Goroutine < 0:
		return "⏱"
	case o.Value > 0:
		return fmt.Sprintf("%s:case %d", explored.Name(o.Goroutine), o.Value)
	}
	return explored.Name(o.Goroutine)
}

// listing is the source around the highlighted goroutine, with the names of those that are
// on its lines.
func (m *model) listing(columns, room int) (lines []string) {
	options := m.turn().Options
	if m.cursor >= len(options) || m.o.Source == nil || room <= 0 {
		return nil
	}
	at, _ := m.next(options[m.cursor].Goroutine)
	if at.Step.File == "" {
		return nil
	}
	on := map[int][]string{}
	for _, n := range m.turn().Goroutines {
		if n.Step.File == at.Step.File {
			on[n.Step.Line] = append(on[n.Step.Line], explored.Name(n.Step.Goroutine))
		}
	}
	all := m.o.Source(at.Step.File)
	first := max(0, min(at.Step.Line-1-room/2, len(all)-room))
	for i := first; i < min(first+room, len(all)); i++ {
		names, look := strings.Join(on[i+1], " "), faint
		if names != "" {
			names, look = names+" ▸", plain
		}
		text := fmt.Sprintf("%12s %4d  %s", ansi.Truncate(names, 12, "…"), i+1, harmless.Line(strings.ReplaceAll(all[i], "\t", "    ")))
		lines = append(lines, look.of(ansi.Truncate(text, columns, "…")))
	}
	return lines
}

// place says where an option's goroutine is, and not what it is about to do.
func (m *model) place(o explored.Option) (what, at, source string) {
	if o.Goroutine < 0 {
		return "time passes", "", ""
	}
	next, _ := m.next(o.Goroutine)
	source, at = next.Line()
	return nameOf(o), at, source
}

// refuted says why a prediction has not come true.
func (m *model) refuted() []string {
	texts := []string{"✗ You predicted that this order breaks the test, and it passes."}
	if move, what := m.turningPoint(); move > 0 {
		texts = append(texts, fmt.Sprintf("The last switch was move %d: %s.", move, what))
	}
	return append(texts, "p predicts again; ← steps back through this order.")
}

// turningPoint is the last of the predicted moves by which one goroutine took over from
// another, and what it came upon.
func (m *model) turningPoint() (move int, what string) {
	for i := min(m.moves, len(m.path)-1); i > 0; i-- {
		before, after := m.path[i-1], m.path[i]
		o := before.Options[m.choices[i-1]]
		if i > 1 && m.path[i-2].Options[m.choices[i-2]].Goroutine == o.Goroutine {
			continue
		}
		var said []string
		for _, s := range after.Test.Trace[min(len(before.Test.Trace), len(after.Test.Trace)):] {
			if text := explored.Happens(s); s.Goroutine == o.Goroutine && text != "" && !slices.Contains(said, text) {
				said = append(said, text)
			}
		}
		if said != nil {
			return i, explored.Name(o.Goroutine) + " " + strings.Join(said[:min(2, len(said))], " and ")
		}
	}
	return 0, ""
}
