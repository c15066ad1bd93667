package explored

import (
	"regexp"
	"strings"

	"heisenkata/grader/internal/harmless"
)

// testifySection begins a part of a failure of testify's. Further lines of a part
// are indented beyond its name.
var testifySection = regexp.MustCompile(`^(?:\S+: |\t)?(Error Trace|Error|Test|Messages):\s*(.*)$`)

// Assertion takes from a testify failure the test's own words, and in short what is wrong.
// The full text, line by line, is for the detail. It turns any other message into one
// line.
func Assertion(message string) (own, failure string) {
	parts, current := map[string][]string{}, ""
	message = harmless.Head(message, maxMessage, "")
	for line := range strings.Lines(message) {
		line = strings.TrimRight(line, "\r\n")
		if m := testifySection.FindStringSubmatch(line); m != nil {
			current = m[1]
			parts[current] = []string{m[2]}
		} else if current != "" {
			parts[current] = append(parts[current], line)
		}
	}
	if parts["Error Trace"] == nil || parts["Error"] == nil {
		return joinedLines(strings.Split(message, "\n")), ""
	}
	return joinedLines(parts["Messages"]), firstLine(parts["Error"])
}

// maxMessage is how much of a message is read, in bytes.
const maxMessage = 256 << 10

// Tabled cuts a table off a message that ends with one: lines that are all
// indented, below an empty one.
func Tabled(message string) (text, table string) {
	text, table, found := strings.Cut(strings.TrimRight(message, "\n"), "\n\n")
	if !found || testifySection.MatchString(table) {
		return message, ""
	}
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, tableIndent) {
			return message, ""
		}
	}
	return text, table
}

const tableIndent = "  "

// InShort is both in one: what the test says, and what it has seen.
func InShort(own, failure string) string {
	if own == "" || failure == "" {
		return own + failure
	}
	return strings.TrimSuffix(own, ".") + " (" + failure + ")"
}

// The maximum length of what a failure has seen, in bytes: of several values, which the
// detail has one below the other, and of one, which may be an error's whole text.
const (
	maxValues = 120
	maxValue  = 400
)

// firstLine is the first line of an error of testify's. If it announces values,
// they belong to it where they are short: "Not equal: expected: 1, actual: 2".
func firstLine(lines []string) string {
	first := trimmed(lines[0])
	var values []string
	for _, l := range lines[1:] {
		l = strings.Replace(strings.Join(strings.Fields(l), " "), " : ", ": ", 1)
		if l == "" || strings.HasPrefix(l, "Diff:") {
			break
		}
		values = append(values, l)
	}
	most := maxValues
	if len(values) == 1 {
		most = maxValue
	}
	if text := strings.Join(values, ", "); strings.HasSuffix(first, ":") && len(text) <= most {
		return trimmed(first + " " + text)
	}
	return strings.TrimSuffix(first, ":")
}

// maxJoined bounds the one line that is made of several, in bytes: a fix may have
// a test print what it likes.
const maxJoined = 4 << 10

// joinedLines makes one line of several, with a semicolon where one ends without
// a sign of its own.
func joinedLines(lines []string) string {
	var text strings.Builder
	last := "" // what was written last
	for _, l := range lines {
		if text.Len() > maxJoined {
			break
		}
		if l = strings.Join(strings.Fields(l), " "); l == "" {
			continue
		}
		switch {
		case last == "":
		case strings.ContainsAny(last[len(last)-1:], ",;:.!?(-"):
			text.WriteString(" ")
		default:
			text.WriteString("; ")
		}
		text.WriteString(l)
		last = l
	}
	return harmless.Head(text.String(), maxJoined, " […]")
}
