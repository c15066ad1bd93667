package explored

import (
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/harmless"
)

// MarkdownLimit bounds a Markdown report, in bytes: GitHub refuses step
// summaries above 1 MiB, and shows none of them.
const MarkdownLimit = 1<<20 - 1<<12

// maxLeft is how long the schedule of a leak beside a finding may be, in bytes: a
// report has room for few that are longer, and the finding comes first.
const maxLeft = 1000

// markdownWidth is what fits a code block on GitHub without scrolling.
const markdownWidth = 110

// WriteMarkdown writes a report for a web page: a table, and below it what was
// found, test by test.
func WriteMarkdown(w io.Writer, r Report) error {
	r = bounded(r)
	var b strings.Builder
	fmt.Fprintf(&b, "## Explored: %s\n\n", totals(r))
	b.WriteString("| | package | test | what came of it |\n|---|---|---|---|\n")
	left := appendUpTo(&b, MarkdownLimit/2, tableRows(r))
	b.WriteString("\n")
	left = appendUpTo(&b, MarkdownLimit-200, sections(r)) || left
	if left {
		b.WriteString("\nThe rest is left out here: the JSON report has it.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// appendUpTo writes whole parts up to a limit, and reports whether any were left out.
func appendUpTo(b *strings.Builder, limit int, parts []string) (left bool) {
	for _, part := range parts {
		if b.Len()+len(part) > limit {
			return true
		}
		b.WriteString(part)
	}
	return false
}

func tableRows(r Report) (rows []string) {
	for _, p := range r.Packages {
		if p.Reason != "" && p.Reason != NoTests {
			rows = append(rows, fmt.Sprintf("| ❔ | %s | | cannot be explored, because %s |\n", inline(p.Package), inline(p.Reason)))
		}
		for _, t := range p.Tests {
			rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", emoji(t.Verdict), inline(p.Package), inline(t.Name), inline(outcome(t))))
		}
		if len(p.NotExplored) > 0 {
			rows = append(rows, fmt.Sprintf("| | %s | | %s |\n", inline(p.Package), notExplored(p)))
		}
	}
	return rows
}

func emoji(v Verdict) string {
	switch {
	case v == Pass:
		return "✅"
	case v.Found():
		return "❌"
	}
	return "❔"
}

func sections(r Report) (parts []string) {
	for _, p := range r.Packages {
		for _, t := range p.Tests {
			if t.Verdict.Found() || t.Verdict == Running || t.Verdict == Timing || len(notes(t)) > 0 {
				parts = append(parts, section(r.Again, p, t))
			}
		}
	}
	return parts
}

func section(again Again, p Package, t Test) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s %s: %s\n\n", emoji(t.Verdict), inline(t.Name), inline(outcome(t)))
	if t.Story != "" {
		fmt.Fprintf(&b, "%s\n\n", inline(t.Story))
	}
	if t.Summary != "" && !t.Verdict.OutcomeSaysWhy() { // its outcome has said so
		fmt.Fprintf(&b, "%s\n\n", inline(t.Summary))
	}
	if at := t.FailedAt; at != nil {
		fmt.Fprintf(&b, "It fails at %s: %s\n\n", inline(place(at.File, at.Line)), inline(at.Source))
	}
	if t.Verdict.Found() {
		b.WriteString(evidence(t))
		if t.Schedule != "" {
			b.WriteString(harmless.Fenced("sh", again.replay(p, t.Name, t.Schedule)) + "\n")
		}
		if t.Left != nil && len(t.Left.Schedule) < maxLeft {
			fmt.Fprintf(&b, "%s\n\n%s\n", inline(besides(*t.Left)), harmless.Fenced("sh", again.replay(p, t.Name, t.Left.Schedule)))
		}
	}
	for _, n := range notes(t) {
		fmt.Fprintf(&b, "> %s\n\n", inline(n))
	}
	return b.String()
}

// evidence is the accesses of a race and the picture of the schedule.
func evidence(t Test) string {
	text := ""
	pic, ok := pictureOf(t)
	if len(t.Races) > 0 && !pic.races {
		text = harmless.Fenced("text", joined(accessLines(located(t.Races, t.Trace), markdownWidth))) + "\n"
	}
	if t.Table != "" {
		text += harmless.Fenced("text", joined(tableLines(t, markdownWidth))) + "\n"
	}
	if ok {
		text += inline(pic.caption()) + "\n\n" + harmless.Fenced("text", joined(pic.lines(markdownWidth))) + "\n"
	}
	return text
}

func joined(lines []line) string {
	var texts []string
	for _, l := range lines {
		texts = append(texts, l.String())
	}
	return strings.Join(texts, "\n")
}

// inline is a sentence that is not read as markup, and mentions no user.
func inline(text string) string { return harmless.Inline(sentence(text)) }
