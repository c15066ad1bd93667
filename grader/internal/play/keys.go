package play

import (
	"strconv"

	tea "charm.land/bubbletea/v2"
)

// keys are what the player can do, for the line at the bottom and for the help.
var keys = []struct {
	key, short, long string
	chooses          bool // of use only while there is something to choose
}{
	{"1–9", "go on", "let this goroutine take its step", true},
	{"space", "run on", "let the highlighted goroutine run until it blocks, ends or has won", true},
	{"←", "step back", "take the last choice back (backspace, u)", false},
	{"h", "hint", "a hint; again: the next choice", true},
	{"f", "finish", "let the computer finish, and break it from here if it can", true},
	{"↑↓ enter", "choose", "choose an option, and take it", true},
	{"p", "predict", "predict an order that breaks it, and then play it", false},
	{"m", "mark", "mark this turn", true},
	{"'", "to mark", "go back to the mark", false},
	{"r", "restart", "begin again", false},
	{"pgup pgdn", "scroll", "scroll what has happened", false},
	{"?", "help", "show or hide this", false},
	{"q", "quit", "leave the game", false},
}

// key answers a key.
func (m *model) key(key string) tea.Cmd {
	switch {
	case key == "ctrl+c", key == "q" && len(m.ahead) == 0:
		m.stop()
		return tea.Quit
	case key == "?":
		m.help = !m.help
		return nil
	case key == "esc":
		m.stop()
		if m.busy == "" && !m.help {
			m.prediction = none
		}
		m.help, m.ahead = false, nil
		return nil
	case m.scrolls(key):
		return nil
	case m.busy != "":
		m.ahead = append(m.ahead, key)
		return nil
	}
	if key == "p" {
		return m.predict()
	}
	if m.predicts(key) || m.goes(key) {
		return nil
	}
	if m.turn().Ended() {
		m.note = note{"Nothing is left to choose: ← takes the last choice back, r begins again.", faint}
		return nil
	}
	return m.plays(key)
}

// goOn answers the keys that were pressed while there was something to wait for.
func (m *model) goOn() (cmd tea.Cmd) {
	for cmd == nil && m.busy == "" && len(m.ahead) > 0 {
		key := m.ahead[0]
		m.ahead = m.ahead[1:]
		cmd = m.key(key)
	}
	return cmd
}

// scrolls moves the picture.
func (m *model) scrolls(key string) bool {
	switch key {
	case "pgup", "ctrl+u":
		m.up += max(1, m.height/3)
	case "pgdown", "ctrl+d":
		m.up = max(0, m.up-max(1, m.height/3))
	default:
		return false
	}
	return true
}

// goes goes to another turn, or another option.
func (m *model) goes(key string) bool {
	switch key {
	case "left", "backspace", "u":
		m.back(len(m.path) - 2)
	case "m":
		m.mark = len(m.path) - 1
		m.note = note{"This turn is marked; ' comes back to it.", faint}
	case "'":
		m.back(m.mark)
	case "r":
		m.back(0)
	case "up", "k":
		m.cursor = max(0, m.cursor-1)
	case "down", "j":
		m.cursor = max(0, min(len(m.turn().Options)-1, m.cursor+1))
	default:
		return false
	}
	return true
}

// plays takes choices, or has the computer do so.
func (m *model) plays(key string) tea.Cmd {
	switch key {
	case "enter":
		return m.choose(m.cursor)
	case "space":
		return m.stretch()
	case "h":
		return m.seek()
	case "f":
		return m.win()
	}
	if n, err := strconv.Atoi(key); err == nil && n >= 1 {
		return m.choose(n - 1)
	}
	return nil
}
