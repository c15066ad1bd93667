package watch

import (
	"strings"

	"charm.land/bubbles/v2/list"
	tea "charm.land/bubbletea/v2"
)

// press handles a key. Letters typed into the list's search are not commands.
func (m *Model) press(key tea.KeyPressMsg) tea.Cmd {
	switch key.String() {
	case "ctrl+c":
		return m.quit()
	case "ctrl+z":
		return m.suspend()
	}
	if m.page == listPage {
		return m.pressInList(key)
	}
	switch key.String() {
	case "q":
		return m.quit()
	case "enter":
		return m.goOn()
	case "esc":
		m.turn(resultPage)
	case "i":
		m.turn(aboutPage)
	case "h":
		m.nextHint()
	case "l":
		m.openList()
	case "a":
		m.all = !m.all
		m.turn(resultPage)
	case "r":
		m.turn(resultPage)
		return m.grade()
	default:
		var cmd tea.Cmd
		m.body, cmd = m.body.Update(key)
		return cmd
	}
	return nil
}

func (m *Model) turn(to page) {
	m.page = to
	m.body.GotoTop()
}

// quit stops everything; Run waits until it has ended.
func (m *Model) quit() tea.Cmd {
	m.stop()
	m.leave()
	return tea.Quit
}

// suspend stops the grading before the program: otherwise its processes would continue,
// and their time limits would pass unnoticed.
func (m *Model) suspend() tea.Cmd {
	m.stop()
	m.suspended = true
	busy := m.busy
	return func() tea.Msg {
		busy <- struct{}{} // when the grading has ended
		defer func() { <-busy }()
		return stoppedMsg{}
	}
}

// goOn leaves another page, or opens the next exercise after a pass.
func (m *Model) goOn() tea.Cmd {
	if m.page != resultPage {
		m.turn(resultPage)
		return nil
	}
	if e, ok := m.following(); ok {
		return m.open(e)
	}
	return nil
}

// nextHint shows the first hint, and then one more each time.
func (m *Model) nextHint() {
	if m.page == hintPage || m.hint == 0 {
		m.hint = min(m.hint+1, len(m.exercise.Hints))
	}
	m.turn(hintPage)
}

// pressInList handles a key while the list is shown.
func (m *Model) pressInList(key tea.KeyPressMsg) tea.Cmd {
	typing := m.list.SettingFilter()
	switch pressed := key.String(); {
	case pressed == "enter":
		if chosen, ok := m.list.SelectedItem().(item); ok {
			return m.open(chosen.Exercise)
		}
		return nil
	case pressed == "q" && !typing:
		return m.quit()
	case pressed == "l" && !typing, pressed == "esc" && m.list.FilterState() == list.Unfiltered:
		m.turn(resultPage)
		return nil
	case strings.HasPrefix(pressed, "down") && typing:
		m.list.CursorDown()
		return nil
	case strings.HasPrefix(pressed, "up") && typing:
		m.list.CursorUp()
		return nil
	}
	return m.updateList(key)
}
