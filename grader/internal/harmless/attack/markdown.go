package attack

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	fence  = regexp.MustCompile("^(`{3,})([a-z]*)$")
	runs   = regexp.MustCompile("`+")
	ticks  = regexp.MustCompile("(?:^|[^\\\\`])(?:\\\\\\\\)*(`+)")
	bar    = regexp.MustCompile(`(?:^|[^\\])(?:\\\\)*\|`)
	markup = regexp.MustCompile(`<[a-zA-Z/!]|@\w|://|www\.|(?:^|[^\\])(?:\\\\)*(?:\]\(|!\[|~~)|(?:[^&\w]|^)#\d|^(?:[-+>=]|\d+[.)]) ?|\$`)
)

// Prose is the lines of Markdown that are in no block of code. A block that
// does not end takes the rest.
func Prose(text string) (lines []string) {
	open := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		m := fence.FindStringSubmatch(line)
		switch {
		case open == "" && m != nil:
			open = m[1]
		case open == "":
			lines = append(lines, line)
		case m != nil && m[2] == "" && len(m[1]) >= len(open):
			open = ""
		}
	}
	if open != "" {
		lines = append(lines, "<unclosed "+open)
	}
	return lines
}

// Shape counts the rows of a document's tables, of four cells each, and its
// headings, and tells what in its prose is markup.
func Shape(text string) (rows, headings int, troubles []string) {
	for _, line := range Prose(text) {
		if strings.HasPrefix(line, "|") {
			rows++
			if bars := len(bar.FindAllString(line, -1)); bars != 5 {
				troubles = append(troubles, fmt.Sprintf("%d bars: %.200s", bars, line))
			}
		}
		if strings.HasPrefix(line, "#") {
			headings++
		}
		if m := Markup(line); m != "" {
			troubles = append(troubles, fmt.Sprintf("%q in: %.300s", m, line))
		}
	}
	return rows, headings, troubles
}

// Markup is the first thing in a line of prose that is no plain text: HTML, a
// link, a mention, an image. What the writers themselves put there is passed over.
func Markup(line string) string {
	for _, own := range []string{"<details><summary>output</summary>", "</details>"} {
		if line == own {
			return ""
		}
	}
	line = strings.TrimPrefix(strings.TrimPrefix(line, "> "), "- ")
	return markup.FindString(withoutSpans(line))
}

// withoutSpans takes out spans of code, which end with as many backquotes as
// they begin with.
func withoutSpans(line string) string {
	kept := ""
	for {
		at := ticks.FindStringSubmatchIndex(line)
		if at == nil {
			return kept + line
		}
		run := line[at[2]:at[3]]
		kept, line = kept+line[:at[2]], line[at[3]:]
		if end := closing(line, run); end >= 0 {
			kept, line = kept+"code", line[end:]
		} else {
			kept += run
		}
	}
}

// closing is where a span ends that a run of backquotes opened, or -1.
func closing(line, run string) int {
	for _, at := range runs.FindAllStringIndex(line, -1) {
		if line[at[0]:at[1]] == run {
			return at[1]
		}
	}
	return -1
}
