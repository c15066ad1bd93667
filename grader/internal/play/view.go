package play

import (
	"fmt"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"heisenkata/grader/internal/counted"
	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// look is how a piece of text is to appear. Colour repeats what a word or a sign has
// said.
type look int

const (
	plain look = iota
	good
	bad
	faint
	bold
	code
	warn
	chosen
)

var styles = map[look]lipgloss.Style{
	plain:  lipgloss.NewStyle(),
	good:   lipgloss.NewStyle().Foreground(lipgloss.Green).Bold(true),
	bad:    lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true),
	faint:  lipgloss.NewStyle().Faint(true),
	bold:   lipgloss.NewStyle().Bold(true),
	code:   lipgloss.NewStyle().Foreground(lipgloss.Cyan),
	warn:   lipgloss.NewStyle().Foreground(lipgloss.Yellow),
	chosen: lipgloss.NewStyle().Reverse(true),
}

func (l look) of(text string) string { return styles[l].Render(text) }

// least is the smallest terminal that a game fits.
const (
	minWidth  = 40
	minHeight = 12
	wide      = 120 // columns from which the source stands beside the lanes
)

// View draws the screen.
func (m *model) View() tea.View {
	v := tea.NewView(m.screen())
	v.AltScreen = true
	v.WindowTitle = "grader play"
	return v
}

func (m *model) screen() string {
	if m.width < minWidth || m.height < minHeight {
		return fmt.Sprintf("The terminal is too small:\n%d×%d are needed.", minWidth, minHeight)
	}
	if m.help {
		return m.fit(m.helpLines())
	}
	head, below := m.head(), m.below()
	room := max(0, m.height-len(head)-len(below))
	lines := append(head, m.middle(room)...)
	return m.fit(append(lines, below...))
}

// fit cuts lines to the screen. If there are too many, the last one stays: it says how to
// leave.
func (m *model) fit(lines []string) string {
	if len(lines) > m.height {
		lines = append(lines[:m.height-1], lines[len(lines)-1])
	}
	for i := range lines {
		lines[i] = ansi.Truncate(lines[i], m.width, "…")
	}
	return strings.Join(lines, "\n")
}

// head says what is played, how far the player is, and what the computer knows.
func (m *model) head() []string {
	title, count := bold.of(harmless.Line(m.o.Title)), ""
	if len(m.path) > 0 {
		count = faint.of(counted.Of(len(m.choices), "choice") + " · " + counted.Of(m.turn().Test.Switches(), "switch"))
	}
	gap := max(2, m.width-lipgloss.Width(title)-lipgloss.Width(count))
	look, text := m.prospect()
	lines := []string{title + strings.Repeat(" ", gap) + count}
	for _, part := range wrapped(text, m.width) {
		lines = append(lines, look.of(part))
	}
	return lines
}

// known is what the locks, channels and variables are at this moment, as far as that is known.
func (m *model) known() (lines []string) {
	for _, k := range []struct {
		what string
		list []string
	}{{"held", m.turn().Held()}, {"channels", m.turn().Channels()}, {"memory", m.turn().Memory()}} {
		if len(k.list) > 0 {
			lines = append(lines, faint.of("  "+k.what+"  "+strings.Join(k.list, " · ")))
		}
	}
	return lines
}

// prospect is whether there is anything to win.
func (m *model) prospect() (look, string) {
	switch t := m.solved; {
	case m.prediction == thinking:
		return warn, "Predict: which order breaks it? Choose its moves; p plays them."
	case t == nil:
		return faint, "You are the scheduler. The computer is exploring the test, too …"
	case t.Verdict.Found():
		return warn, "You are the scheduler: find the order that breaks it."
	case m.nothingToWin():
		return good, "There is nothing to win: " + explored.Covered(*t) + "."
	case t.Verdict == explored.Pass:
		return good, "The computer cannot break it: " + explored.Covered(*t) + "."
	}
	return faint, "You are the scheduler."
}

// middle is what has happened and, if there is room beside it, the source.
func (m *model) middle(room int) []string {
	if m.prediction == thinking {
		return m.predicting(m.width, room)
	}
	if m.width < wide {
		return m.picture(m.width, room)
	}
	left := m.width * 3 / 5
	lines, source := m.picture(left-2, room), m.source(m.width-left, room)
	for i := range lines {
		if i < len(source) {
			lines[i] = padded(lines[i], left) + source[i]
		}
	}
	return lines
}

// picture is the lanes so far, their last rows if there is no room for all.
func (m *model) picture(columns, room int) []string {
	canvas := explored.Canvas{Columns: columns, Color: true}
	titles, rows := explored.DrawSoFar(m.turn().Test, canvas)
	if m.turn().Test.Verdict.Found() {
		titles, rows = nil, explored.Draw(m.turn().Test, canvas)
	}
	room = max(0, room-len(titles))
	end := max(min(len(rows), room), len(rows)-m.up)
	m.up = len(rows) - end
	lines := append(titles, rows[max(0, end-room):end]...)
	for len(lines) < room+len(titles) {
		lines = append(lines, "")
	}
	return lines
}

// below is the turn: what there is to choose, or how the schedule has ended.
func (m *model) below() []string {
	lines := []string{faint.of(strings.Repeat("─", m.width))}
	switch {
	case len(m.path) == 0:
		lines = append(lines, faint.of(m.busy+" …"))
	case m.turn().Ended():
		lines = append(lines, m.ended()...)
	case m.prediction == thinking:
		lines = append(lines, m.options()...)
	default:
		lines = append(lines, m.options()...)
		lines = append(lines, m.blocked()...)
		lines = append(lines, m.known()...)
		if m.width < wide && m.height >= 24 {
			lines = append(lines, m.source(m.width, 3)...)
		}
	}
	if m.note.text != "" {
		for _, l := range wrapped(m.note.text, m.width) {
			lines = append(lines, m.note.look.of(l))
		}
	}
	return append(lines, m.keyLine())
}

// maxOptions is how many options and blocked goroutines are listed.
const maxOptions = 9

func (m *model) options() (lines []string) {
	all := m.turn().Options
	first := max(0, min(m.cursor-maxOptions+1, len(all)-maxOptions))
	for i := first; i < min(first+maxOptions, len(all)); i++ {
		o := all[i]
		what, at, source := m.describe(o)
		room := 34
		if m.prediction == thinking {
			what, at, source = m.place(o)
			room = 12
		}
		line := fmt.Sprintf("%d %s", i+1, padded(what, min(room, m.width/2)))
		sign := "  "
		if i == m.cursor {
			sign, line = "▸ ", chosen.of(line)
		}
		lines = append(lines, sign+line+" "+faint.of(at)+" "+code.of(source))
	}
	if more := len(all) - maxOptions; more > 0 {
		lines = append(lines, faint.of(fmt.Sprintf("  … %d more; ↑↓ shows them", more)))
	}
	return lines
}

// describe says what an option does, where, and the source there.
func (m *model) describe(o explored.Option) (what, at, source string) {
	if o.Goroutine < 0 {
		return "⏱ " + harmless.Line(o.Slip) + " pass", "", ""
	}
	next, _ := m.next(o.Goroutine)
	source, at = next.Line()
	if o.Value > 0 {
		return fmt.Sprintf("%s tries case %d of its select first", explored.Name(o.Goroutine), o.Value), at, source
	}
	return explored.Name(o.Goroutine) + " " + next.Does(), at, source
}

// next is what a goroutine is about to do.
func (m *model) next(goroutine int) (explored.Next, bool) {
	for _, n := range m.turn().Goroutines {
		if n.Step.Goroutine == goroutine {
			return n, true
		}
	}
	return explored.Next{}, false
}

// blocked are the goroutines that cannot go on.
func (m *model) blocked() (lines []string) {
	for _, n := range m.turn().Goroutines {
		if n.Can || m.turn().Options[0].Value > 0 {
			continue
		}
		source, at := n.Line()
		what := padded("  "+explored.Name(n.Step.Goroutine)+" "+n.Waits(), min(36, m.width/2+2))
		lines = append(lines, "  "+faint.of(what+" "+at)+" "+faint.of(source))
	}
	return lines[:min(len(lines), maxOptions)]
}

// source is the lines around the one that the highlighted option is on.
func (m *model) source(columns, room int) []string {
	options := m.turn().Options
	if m.cursor >= len(options) || m.o.Source == nil {
		return nil
	}
	next, ok := m.next(options[m.cursor].Goroutine)
	if !ok || next.Step.File == "" {
		return nil
	}
	all := m.o.Source(next.Step.File)
	first := max(0, min(next.Step.Line-1-room/2, len(all)-room))
	var lines []string
	for i := first; i < min(first+room, len(all)); i++ {
		text := strings.ReplaceAll(all[i], "\t", "    ")
		line := fmt.Sprintf("%4d  %s", i+1, harmless.Line(text))
		look, sign := faint, " "
		if i == next.Step.Line-1 {
			look, sign = plain, "▸"
		}
		lines = append(lines, sign+look.of(ansi.Truncate(line, columns-2, "…")))
	}
	return lines
}

// ended says how the schedule has ended.
func (m *model) ended() (lines []string) {
	t := m.turn().Test
	say := func(l look, text string) {
		for _, part := range wrapped(text, m.width) {
			lines = append(lines, l.of(part))
		}
	}
	switch {
	case t.Verdict.Found():
		l, text := m.won()
		say(l, text)
		say(plain, harmless.Line(t.Summary))
		if m.o.Again != nil && t.Schedule != "" {
			lines = append(lines, faint.of("This replays it:"))
			say(code, m.o.Again(t.Schedule))
		}
	case t.Verdict == explored.Pass && len(m.path) == 1:
		say(good, "✓ The test passes. There is nothing to choose.")
	case t.Verdict == explored.Pass && m.prediction == revealed:
		for _, text := range m.refuted() {
			say(warn, text)
		}
	case t.Verdict == explored.Pass && m.nothingToWin():
		say(good, "✓ The test passes in this order, as in every other.")
	case t.Verdict == explored.Pass:
		say(good, "✓ The test passes in this order. Step back (←) and try another.")
	case t.Verdict == explored.Timing:
		say(warn, "? That does not count: a timeout fired although goroutines could run, as on a machine that stalls.")
	default:
		say(warn, "? The schedule ends here: "+harmless.Line(t.Summary))
	}
	return lines
}

// won says that the test is broken.
func (m *model) won() (l look, text string) {
	with := "with " + counted.Of(m.turn().Test.Switches(), "switch") + m.par() + "."
	if m.prediction == revealed {
		return good, "✓ You predicted it, " + with
	}
	if m.helped {
		return bad, "✗ The computer broke it, " + with
	}
	return bad, "✗ You broke it, " + with
}

// par is what the computer needs.
func (m *model) par() string {
	if m.fewest == nil {
		return ""
	}
	return "; the computer needs " + strconv.Itoa(m.fewest.Switches())
}

// keyLine is the keys that matter now, as many as there is room for.
func (m *model) keyLine() string {
	if m.busy != "" && len(m.path) > 0 {
		return faint.of(m.busy + " … esc stops it")
	}
	if m.prediction == thinking {
		return faint.of(predictKeys)
	}
	const always = "? help · q quit"
	line := ""
	for _, k := range keys[:len(keys)-2] {
		text := k.key + " " + k.short + " · "
		if m.turn().Ended() && k.chooses || lipgloss.Width(line+text+always) > m.width {
			continue
		}
		line += text
	}
	return faint.of(line + always)
}

func (m *model) helpLines() []string {
	lines := []string{bold.of("You are the scheduler"), ""}
	for _, part := range wrapped("Exactly one goroutine runs at a time, and at each step you choose which. The test fails, panics, deadlocks, leaks or has a data race: then you have won, and get a schedule that replays it.", min(m.width, 100)) {
		lines = append(lines, part)
	}
	lines = append(lines, "")
	for _, k := range keys {
		lines = append(lines, "  "+padded(k.key, 12)+k.long)
	}
	return append(lines, "", faint.of("? goes back to the game"))
}

func padded(text string, columns int) string {
	text = ansi.Truncate(text, columns, "…")
	return text + strings.Repeat(" ", max(0, columns-lipgloss.Width(text)))
}

func wrapped(text string, columns int) []string {
	return strings.Split(ansi.Wrap(text, columns, ""), "\n")
}
