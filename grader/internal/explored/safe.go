package explored

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
)

// Source lines, messages and names are a learner's: nothing in them may steer
// a terminal, reorder a line or start a new one.

const tabStop = 4

// safe makes text that is one line and only prints: tabs become spaces, and
// what does not print is shown escaped.
func safe(text string) string {
	parts := strings.Split(text, "\t")
	for i, part := range parts {
		part = printing(part)
		if i < len(parts)-1 {
			part += strings.Repeat(" ", tabStop-lipgloss.Width(part)%tabStop)
		}
		parts[i] = part
	}
	return strings.ReplaceAll(strings.Join(parts, ""), "##[", `#\x23[`) // GitHub's runner obeys it anywhere
}

func printing(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsPrint(r) || unicode.Is(unicode.Zs, r):
			b.WriteRune(r)
		default:
			b.WriteString(escaped(r))
		}
	}
	return b.String()
}

// escaped writes a character as Go would in a string.
func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// sentenceMost bounds what is shown of a message: JSON has it whole.
const sentenceMost = 1000

// sentence makes safe text of a message of several lines.
func sentence(text string) string {
	return cut(safe(strings.Join(strings.Fields(text), " ")), sentenceMost)
}

// cut shortens safe text to a number of columns.
func cut(text string, columns int) string {
	if lipgloss.Width(text) <= columns {
		return text
	}
	if columns < 2 {
		return strings.Repeat("…", max(columns, 0))
	}
	return lipgloss.NewStyle().Inline(true).MaxWidth(columns-1).Render(text) + "…"
}

// cutLeft shortens safe text at its beginning: of a path, the end tells most.
func cutLeft(text string, columns int) string {
	if lipgloss.Width(text) <= columns {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && lipgloss.Width(string(runes)) >= columns {
		runes = runes[1:]
	}
	return "…" + string(runes)
}

// padded fills text with spaces up to a number of columns.
func padded(text string, columns int) string {
	return text + strings.Repeat(" ", max(columns-lipgloss.Width(text), 0))
}

// wrapped breaks safe text into lines of at most so many columns.
func wrapped(text string, columns int) []string {
	return strings.Split(lipgloss.Wrap(text, max(columns, 1), ""), "\n")
}
