package explored

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/harmless"
)

// Source lines, messages and names are a learner's. All that is shown of them
// goes through here.

const (
	// Bytes of any string, in JSON too. A schedule is of no use in part.
	maxText  = 4 << 10
	maxWhole = 64 << 10 // of a schedule, or of evidence as it was printed

	maxSafe = 4000 // characters of a line; more fits no screen
	// maxSentence bounds what is shown of a message: JSON has more of it.
	maxSentence = 1000
)

// bounded copies a report, or a part of it, without megabytes in any string.
func bounded[T any](r T) T {
	return harmless.Copy(r, func(field, text string) string {
		if field == "Schedule" || field == "Detail" {
			return harmless.Head(text, maxWhole, "…")
		}
		return harmless.Head(text, maxText, "…")
	})
}

// safe makes text that is one line and only prints.
func safe(text string) string { return harmless.Limit{Lines: 1, Length: maxSafe}.Of(text) }

// sentence makes safe text of a message of several lines.
func sentence(text string) string {
	words := strings.Fields(harmless.Head(text, 4*maxSafe, "…"))
	return cut(safe(strings.Join(words, " ")), maxSentence)
}

// cut shortens safe text to a number of columns.
func cut(text string, columns int) string { return harmless.Cut(text, columns) }

// cutLeft shortens safe text at its beginning: of a path, the end tells most.
func cutLeft(text string, columns int) string {
	if lipgloss.Width(text) <= columns {
		return text
	}
	runes := []rune(text)
	runes = runes[max(0, len(runes)-4*columns):] // measuring takes its time
	for len(runes) > 0 && lipgloss.Width(string(runes)) >= columns {
		runes = runes[1:]
	}
	return "…" + string(runes)
}

// padded fills text with spaces up to a number of columns.
func padded(text string, columns int) string {
	return text + strings.Repeat(" ", max(columns-lipgloss.Width(text), 0))
}

// wrapped breaks safe text into lines of at most so many columns: at spaces, and
// within a word only if it is longer than a line.
func wrapped(text string, columns int) (lines []string) {
	columns = max(columns, 1)
	current := ""
	for _, word := range strings.Split(text, " ") {
		switch joined := current + " " + word; {
		case current == "":
			current = word
		case lipgloss.Width(joined) <= columns:
			current = joined
		default:
			lines, current = append(lines, current), word
		}
		for lipgloss.Width(current) > columns {
			head, tail := split(current, columns)
			if tail == "" {
				break
			}
			lines, current = append(lines, head), tail
		}
	}
	return append(lines, current)
}

// split cuts a word in two: at most so many columns of it, a character at least,
// and the rest. It prefers to cut behind a character that ends a part of a path
// or a selector.
func split(word string, columns int) (head, tail string) {
	end, nice := 0, 0
	for i, r := range word {
		next := i + utf8.RuneLen(r)
		if lipgloss.Width(word[:next]) > columns && end > 0 {
			break
		}
		end = next
		if strings.ContainsRune("/.,([", r) && next > len(word)/4 {
			nice = next
		}
	}
	if nice > 0 && end < len(word) {
		end = nice
	}
	return word[:end], word[end:]
}
