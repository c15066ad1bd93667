package cli

import (
	"regexp"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/harmless"
)

// readme writes Markdown as the repository's own pages have it: headings,
// paragraphs, lists, code and links. What it does not know it leaves as it is.
func (p *page) readme(text string) {
	var paragraph []string
	var rows [][]string
	flush := func() {
		if paragraph != nil {
			p.paragraph(paragraph)
		}
		p.table(rows)
		paragraph, rows = nil, nil
	}
	fenced := false
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		line = strings.TrimRight(line, " \r")
		switch {
		case strings.HasPrefix(line, "```"):
			flush()
			fenced = !fenced
		case fenced || paragraph == nil && strings.HasPrefix(line, indent):
			p.code(strings.TrimPrefix(line, indent))
		case line == "":
			flush()
			p.line()
		case strings.HasPrefix(line, "#"):
			flush()
			p.line(bold.Render(harmless.Line(strings.TrimLeft(line, "# "))))
		case strings.HasPrefix(line, "|"):
			if rows == nil {
				flush()
			}
			rows = append(rows, cells(line))
		case itemStart.MatchString(line):
			flush()
			paragraph = []string{line}
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
}

// cells returns the cells of a table row, without their markup.
func cells(row string) (all []string) {
	for cell := range strings.SplitSeq(strings.Trim(row, "|"), "|") {
		all = append(all, harmless.Line(strings.Trim(strings.ReplaceAll(cell, "`", ""), " ")))
	}
	return all
}

// table writes rows in columns, the first as their heads. The row of dashes below
// it is Markdown's own.
func (p *page) table(rows [][]string) {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], lipgloss.Width(cell))
		}
	}
	for n, row := range rows {
		if n == 1 && strings.Trim(strings.Join(row, ""), ":- ") == "" {
			continue
		}
		text := ""
		for i, cell := range row {
			text += cell + strings.Repeat(" ", widths[i]-lipgloss.Width(cell)+2)
		}
		if text = strings.TrimRight(text, " "); n == 0 {
			text = bold.Render(text)
		}
		p.line(indent, text)
	}
}

// code writes a line of code, indented.
func (p *page) code(line string) {
	p.line(indent, code.Render(harmless.Line(line)))
}

// itemStart matches the first line of an item of a list.
var itemStart = regexp.MustCompile(`^\s*([-*]|[0-9]+\.) `)

func (p *page) paragraph(lines []string) {
	first := itemStart.FindString(lines[0])
	lines[0] = lines[0][len(first):]
	p.flow(first, strings.Repeat(" ", len(first)), inline(strings.Join(lines, " ")))
}

// marked matches what stands out within a paragraph: a link, code, emphasis.
var marked = regexp.MustCompile("\\[([^]]+)\\]\\(([^)\\s]+)\\)|`([^`]+)`|\\*\\*([^*]+)\\*\\*|\\*([^*\\s][^*]*)\\*")

// inline are the words of a paragraph. Code is one word, however many it has:
// nothing comes between its parts.
func inline(text string) (all []string) {
	glue := false // to what stands before, for there was no blank
	add := func(styled []string, blankBefore, blankAfter bool) {
		if len(styled) > 0 && glue && !blankBefore && len(all) > 0 {
			all[len(all)-1] += styled[0]
			styled = styled[1:]
		}
		all = append(all, styled...)
		glue = !blankAfter
	}
	plain := func(text string) {
		if text != "" {
			add(words(text, plain), strings.HasPrefix(text, " "), strings.HasSuffix(text, " "))
		}
	}
	at := 0
	for _, m := range marked.FindAllStringSubmatchIndex(text, -1) {
		plain(text[at:m[0]])
		add(standOut(text, m), false, false)
		at = m[1]
	}
	plain(text[at:])
	return all
}

// standOut are the words of a match of marked.
func standOut(text string, match []int) []string {
	group := func(n int) string {
		if match[2*n] < 0 {
			return ""
		}
		return text[match[2*n]:match[2*n+1]]
	}
	switch {
	case group(1) != "":
		if !strings.Contains(group(2), "://") { // a path within a sentence
			return append(words(strings.ReplaceAll(group(1), "`", ""), plain), faint.Render("("+harmless.Line(group(2))+")"))
		}
		return link(group(1), group(2))
	case group(3) != "":
		return []string{code.Render(harmless.Line(group(3)))}
	}
	return words(strings.ReplaceAll(group(4)+group(5), "`", ""), bold)
}

// link is a title and where it leads to.
func link(title, target string) []string {
	return append(words(strings.ReplaceAll(title, "`", "")+":", plain), faint.Render(harmless.Line(target)))
}
