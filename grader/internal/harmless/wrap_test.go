package harmless

import (
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/harmless/attack"
)

func TestWrapBreaksBetweenWords(t *testing.T) {
	for text, want := range map[string][]string{
		"":                                 {""},
		"one two  three":                   {"one two", "three"},
		"a check-then-act":                 {"a", "check-then-act"},
		"see exercises/01-a/a.go":          {"see", "exercises/01-", "a/a.go"},
		"abcdefghijklmnopqrstuvwxyz and z": {"abcdefghijklmn", "opqrstuvwxyz", "and z"},
		"１２３４５６７ x":                        {"１２３４５６７", "x"},
	} {
		columns := 14
		if strings.HasPrefix(text, "one") {
			columns = 10
		}
		assert.Equal(t, want, Wrap(text, columns), text)
	}
}

// No line is too wide, and no character is lost.
func TestWrapKeepsAll(t *testing.T) {
	for what, text := range attack.Texts {
		text = Limit{Lines: 1, Length: 2000}.Of(text)
		for _, columns := range []int{1, 20, 80} {
			lines := Wrap(text, columns)
			assert.Equal(t, strings.Join(strings.Fields(text), ""), strings.Join(strings.Fields(strings.Join(lines, "")), ""), what)
			for _, line := range lines {
				if columns > 2 { // a letter of two columns does not fit in one
					assert.LessOrEqual(t, lipgloss.Width(line), columns, what)
				}
			}
		}
	}
}
