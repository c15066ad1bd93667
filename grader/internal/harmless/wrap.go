package harmless

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Wrap breaks a harmless text into lines of at most that many columns. It breaks between
// words only, so that a name, a path or a command stays in one piece; a word that is longer
// than a line is broken where it has to be.
func Wrap(text string, columns int) (lines []string) {
	columns = max(columns, 1)
	line, used := "", 0
	for _, word := range strings.Fields(text) {
		width := lipgloss.Width(word)
		switch {
		case line != "" && used+1+width <= columns:
			line, used = line+" "+word, used+1+width
			continue
		case line != "":
			lines = append(lines, line)
		}
		line, used = word, width
		if width > columns {
			parts := strings.Split(lipgloss.Wrap(word, columns, ""), "\n")
			lines = append(lines, parts[:len(parts)-1]...)
			line = parts[len(parts)-1]
			used = lipgloss.Width(line)
		}
	}
	return append(lines, line)
}
