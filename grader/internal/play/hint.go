package play

import (
	"fmt"
	"slices"

	"heisenkata/grader/internal/counted"
)

// showHint says what the computer knows of this turn: at first how far a win is, then what
// to choose.
func (m *model) showHint() {
	m.note = note{m.hintText(), warn}
	if next := m.rest(); m.hint.asked > 1 && len(next) > 0 && int(next[0]) < len(m.turn().Options) {
		m.cursor = int(next[0])
	}
}

// rest are the choices by which the sought schedule goes on from this turn.
func (m *model) rest() []int32 {
	if len(m.hint.sought.Choices) <= len(m.choices) {
		return nil
	}
	return m.hint.sought.Choices[len(m.choices):]
}

func (m *model) hintText() string {
	found := m.hint.sought
	switch {
	case m.nothingToWin():
		return "There is no winning move: every order passes."
	case !found.Test.Verdict.Found() && found.Without >= hintSwitches:
		text := fmt.Sprintf("From here no order with at most %s breaks it.", counted.Of(hintSwitches, "more switch"))
		if len(m.choices) > 0 {
			text += " Step back."
		}
		return text
	case !found.Test.Verdict.Found():
		return fmt.Sprintf("Nothing was found from here in %s.", hintTime)
	}
	next := slices.IndexFunc(m.rest(), func(k int32) bool { return k != 0 })
	switch {
	case next < 0:
		return "No switch is needed from here: run on with space, and it breaks."
	case m.hint.asked > 1:
		what, _, _ := m.describe(m.turn().Options[m.rest()[0]])
		return "The next choice: " + what + "."
	case next == 0:
		return fmt.Sprintf("It takes %s from here, and the move is now. h again names it.", counted.Of(found.Without+1, "switch"))
	}
	return fmt.Sprintf("It takes %s from here; the move is within %s. h again names the next choice.", counted.Of(found.Without+1, "switch"), counted.Of(next+1, "choice"))
}
