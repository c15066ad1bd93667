package report

import (
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/stretchr/testify/assert"
)

// A message that needs more lines than there are loses its middle.
func TestALongMessageKeepsItsEnd(t *testing.T) {
	lines := func(text string, most int) []string {
		s := &screen{Options: Options{Width: 24}}
		s.wrapped(lipgloss.NewStyle(), "  ", text, most)
		return kept(s.lines, never)
	}
	const text = "one two three four five six seven eight nine ten; expected eleven"
	assert.Equal(t, []string{"  one two three four", "  … expected eleven"}, lines(text, 2))
	assert.Len(t, lines(text, 0), 4, "any number of lines")
	assert.Equal(t, []string{"  short"}, lines("short", 2))
	assert.Equal(t, []string{"  one two three four …"}, lines(text, 1), "of one line the beginning is left")
}
