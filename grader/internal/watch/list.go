package watch

import (
	"fmt"
	"io"
	"strings"

	"charm.land/bubbles/v2/list"
	tea "charm.land/bubbletea/v2"

	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
)

// item is an exercise in the list. The search looks at its names.
type item struct {
	kata.Exercise
	Standing
}

func (i item) FilterValue() string { return i.ID + " " + i.Chapter + " " + i.Title }

// newList returns a list without the parts that the screen shows already.
func newList() list.Model {
	l := list.New(nil, row{}, 0, 0)
	l.SetShowTitle(false)
	l.SetShowStatusBar(false)
	l.SetShowHelp(false)
	l.SetShowPagination(false)
	l.SetStatusBarItemName("exercise", "exercises")
	l.DisableQuitKeybindings()
	l.Filter = containing
	l.Styles.TitleBar, l.Styles.NoItems = plain, plain
	l.FilterInput.Prompt = "search: "
	l.FilterInput.SetVirtualCursor(false) // one that blinks would repaint the screen all the time
	return l
}

// containing searches for a substring, ignoring case, and keeps the order of the
// exercises. The list's own fuzzy search finds too many.
func containing(term string, targets []string) (found []list.Rank) {
	for i, target := range targets {
		if strings.Contains(strings.ToLower(target), strings.ToLower(strings.TrimSpace(term))) {
			found = append(found, list.Rank{Index: i})
		}
	}
	return found
}

// openList shows the list, with the current exercise selected.
func (m *Model) openList() {
	items, current := []list.Item{}, 0
	for i, e := range m.Exercises {
		it := item{Exercise: e}
		if i < len(m.standings) {
			it.Standing = m.standings[i]
		}
		if e.ID == m.exercise.ID {
			current = i
		}
		items = append(items, it)
	}
	m.list.ResetFilter()
	m.list.SetItems(items)
	m.list.Select(current)
	m.turn(listPage)
}

// updateList passes on messages that are not for the screen itself: keys and search
// results.
func (m *Model) updateList(msg tea.Msg) (cmd tea.Cmd) {
	m.list, cmd = m.list.Update(msg)
	return cmd
}

// row draws the line of an exercise.
type row struct{}

func (row) Height() int                         { return 1 }
func (row) Spacing() int                        { return 0 }
func (row) Update(tea.Msg, *list.Model) tea.Cmd { return nil }

func (row) Render(w io.Writer, m list.Model, index int, it list.Item) {
	e, ok := it.(item)
	if !ok {
		return
	}
	pointer, mark := "  ", "  "
	if index == m.Index() {
		pointer = "> "
	}
	if e.Done {
		mark = "✓ "
	}
	text := fmt.Sprintf("%s%s%-20s %-5s %6s  %s", pointer, mark, e.ID, strings.Repeat("◆", e.Level), e.Points, harmless.Line(e.Summary))
	style := plain
	if index == m.Index() {
		style = bold
	}
	fmt.Fprint(w, style.Render(harmless.Cut(text, m.Width())))
}
