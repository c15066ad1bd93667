package watch

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/viewport"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/counted"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
)

// The screen: a line that says what is going on, the body, and a line with the keys.
// Colour never says more than the words do.
var (
	plain = lipgloss.NewStyle()
	good  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad   = lipgloss.NewStyle().Foreground(lipgloss.Red).Bold(true)
	bold  = lipgloss.NewStyle().Bold(true)
	faint = lipgloss.NewStyle().Faint(true)
)

// aroundBody is how many rows the body does not have.
const aroundBody = 2

func newBody() viewport.Model {
	v := viewport.New()
	v.SoftWrap, v.FillHeight = true, true
	v.MouseWheelEnabled = false // so that text can be selected
	v.KeyMap.Left.SetEnabled(false)
	v.KeyMap.Right.SetEnabled(false)
	return v
}

// layOut fits the parts to the screen and fills the body.
func (m *Model) layOut() {
	rows := max(m.rows-aroundBody, 1)
	m.body.SetWidth(m.columns)
	m.body.SetHeight(rows)
	m.list.SetSize(m.columns, rows)
	now := drawn{m.report, fmt.Sprint(m.failure), m.exercise.ID, m.next.ID, m.page, m.hint, m.columns, rows, m.all}
	if now != m.drawn {
		m.drawn = now
		m.body.SetContent(m.text(Look{Columns: m.columns, Rows: rows, All: m.all, Next: m.next}))
	}
}

// drawn is everything that the body's text depends on, so that scrolling redraws no report.
type drawn struct {
	report        *grade.Report
	failure       string
	exercise      string
	next          string
	page          page
	hint          int
	columns, rows int
	all           bool
}

// text is what the body shows, however long it is.
func (m *Model) text(look Look) string {
	switch {
	case m.page == aboutPage:
		return strings.TrimRight(m.About(m.exercise, look), "\n")
	case m.page == hintPage && m.hint > 0:
		return m.Hint(m.exercise, m.hint, look)
	case m.page == hintPage:
		return "There are no hints for " + m.exercise.ID + "."
	case m.failure != nil:
		return m.broke(look)
	case m.report != nil:
		return strings.TrimRight(m.Report(*m.report, look), "\n")
	}
	return strings.TrimRight(m.About(m.exercise, look), "\n")
}

// broke says that the grader could not do its work.
func (m *Model) broke(look Look) string {
	lines := []string{bad.Render("The grader could not grade it. This is not about your code."), ""}
	for line := range strings.Lines(m.failure.Error()) {
		lines = append(lines, harmless.Wrap(harmless.Line(strings.TrimRight(line, "\n")), look.Columns)...)
	}
	return strings.Join(append(lines, "", "Fix the problem above, then press r."), "\n")
}

// View draws the screen.
func (m Model) View() tea.View {
	body := m.body.View()
	if m.page == listPage {
		body = m.list.View()
	}
	lines := append([]string{m.head()}, strings.Split(body, "\n")...)
	lines = append(lines[:min(len(lines), max(m.rows-1, 1))], m.foot())
	v := tea.NewView(strings.Join(lines[:min(len(lines), m.rows)], "\n"))
	v.AltScreen = true
	if m.page == listPage && m.list.SettingFilter() {
		v.Cursor = m.list.FilterInput.Cursor()
		if v.Cursor != nil {
			v.Cursor.Y++ // below the head
		}
	}
	return v
}

// head says what is going on, then the exercise and the best result so far. While the
// body shows something other than the grade of the current code, it says what instead.
func (m *Model) head() string {
	doing, style := m.doing()
	right := " · " + m.exercise.ID + " " + strings.Repeat("◆", m.exercise.Level)
	points, done := m.reached()
	switch {
	case m.grading && m.outdated:
		right += " · below: your code before this save"
	case m.grading && m.early:
		right += " · below: the first failure"
	case points != "":
		right += fmt.Sprintf(" · best %s · %d of %s done", points, done, counted.Of(len(m.Exercises), "exercise"))
	}
	left := harmless.Cut(doing, m.columns)
	return style.Render(left) + faint.Render(harmless.Cut(right, max(m.columns-lipgloss.Width(left), 0)))
}

// doing says in a few words what is going on.
func (m *Model) doing() (text string, style lipgloss.Style) {
	switch p := m.progress; {
	case m.suspended:
		return "stopping", bold
	case m.grading && p.Doing != "" && p.Done == 0:
		return fmt.Sprintf("%s, %d s", harmless.Line(p.Doing), m.seconds), bold
	case m.grading:
		return fmt.Sprintf("grading: %d of %s, %d s", p.Done, counted.Of(p.Total, "test"), m.seconds), bold
	case m.failure != nil:
		return "✗ not graded", bad
	case m.passed():
		return "✓ all points", good
	case m.report != nil:
		return "✗ waiting for you to save", bad
	}
	return "starting", bold
}

// reached is the best grade of this exercise, and how many are done.
func (m *Model) reached() (points string, done int) {
	for i, s := range m.standings {
		if s.Done {
			done++
		}
		if i < len(m.Exercises) && m.Exercises[i].ID == m.exercise.ID {
			points = s.Points
		}
	}
	return points, done
}

// foot lists the keys, the most useful first, as many as fit.
func (m *Model) foot() string {
	text := ""
	for i, key := range m.keys() {
		more := key
		if i > 0 {
			more = " · " + key
		}
		if lipgloss.Width(text+more) > m.columns {
			break
		}
		text += more
	}
	return faint.Render(harmless.Cut(text, m.columns))
}

// keys returns the keys that do something now.
func (m *Model) keys() []string {
	switch {
	case m.page == listPage && m.list.SettingFilter():
		return []string{"Enter open", "Esc clear", "↑↓ move"}
	case m.page == listPage:
		return []string{"Enter open", "/ search", "Esc back", "↑↓ move", "q quit"}
	case m.page == hintPage || m.page == aboutPage:
		keys := []string{"Esc back", "l list", "q quit"}
		if m.page == hintPage && m.hint < len(m.exercise.Hints) {
			keys = append([]string{"h next hint"}, keys...)
		}
		return append(m.scrolling(), keys...)
	}
	keys := append([]string{"q quit"}, m.scrolling()...)
	if _, ok := m.following(); ok {
		keys = append(keys, "Enter next exercise")
	}
	all := "a all tests"
	if m.all {
		all = "a one failure"
	}
	return append(keys, "h hint", "l list", all, "r again", "i exercise")
}

// scrolling names the keys that scroll, if there is more than the body shows.
func (m *Model) scrolling() []string {
	switch below := m.body.TotalLineCount() - m.body.YOffset() - m.body.Height(); {
	case below > 0:
		return []string{fmt.Sprintf("↓ PgDn %d more", below)}
	case m.body.YOffset() > 0:
		return []string{"↑ PgUp"}
	}
	return nil
}

// following is the exercise that Enter opens, if there is one.
func (m *Model) following() (e kata.Exercise, ok bool) {
	return m.next, m.passed() && m.next.ID != ""
}
