package report

import (
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
)

// MarkdownLimit bounds a Markdown report, in bytes: GitHub refuses step
// summaries above 1 MiB, and shows none of them.
const MarkdownLimit = 1<<20 - 1<<12

// markdown writes a report for a web page: a table, and below it what was
// found, exercise by exercise.
func markdown(w io.Writer, r grade.Report) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## Heisenkata: %s\n\n", total(r))
	b.WriteString("| | exercise | points | verdict |\n|---|---|---|---|\n")
	for _, e := range r.Exercises {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", sign(e.Verdict), harmless.Inline(e.ID), points(e.Points, e.MaxPoints), harmless.Inline(string(e.Verdict)))
	}
	b.WriteString("\n")
	for _, note := range append([]string{"Protection of the machine: " + r.Protection.Level + ". " + r.Protection.Explanation}, r.Notes...) {
		fmt.Fprintf(&b, "> %s\n", harmless.Inline(note))
	}
	for _, e := range r.Exercises {
		section := exerciseSection(e)
		if b.Len()+len(section) > MarkdownLimit {
			b.WriteString("\nThe rest is left out here: the JSON report has it.\n")
			break
		}
		b.WriteString(section)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func sign(v evidence.Verdict) string {
	switch v {
	case evidence.Pass:
		return "✅"
	case evidence.Error:
		return "⚠️"
	}
	return "❌"
}

func exerciseSection(e grade.Exercise) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n### %s %s (%s)\n\n", sign(e.Verdict), harmless.Inline(e.ID), points(e.Points, e.MaxPoints))
	if e.Verdict == evidence.Pass {
		fmt.Fprintf(&b, "%s.\n", e.Strength())
		return b.String()
	}
	if e.Error != "" {
		fmt.Fprintf(&b, "The grader could not grade this. It is not a zero.\n\n%s", harmless.Fenced("text", e.Error))
	}
	if e.Forfeited != "" {
		fmt.Fprintf(&b, "Forfeited: %s.\n\n", harmless.Inline(e.Forfeited))
	}
	if f := findingOfWhole(e); f != nil {
		b.WriteString(findingSection(*f))
	}
	seen := map[string]bool{}
	for _, t := range failing(e) {
		fmt.Fprintf(&b, "- **%s** (%s): %s\n", harmless.Inline(t.Name), worth(t), harmless.Inline(string(t.Verdict)))
		if f := t.Finding(); f != nil && !seen[f.Summary] {
			seen[f.Summary] = true
			b.WriteString("\n" + findingSection(*f))
		}
	}
	return b.String()
}

func findingOfWhole(e grade.Exercise) *evidence.Finding {
	for _, c := range e.Checks {
		if c.Failed() {
			return c.Finding
		}
	}
	return nil
}

func findingSection(f evidence.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", harmless.Fenced("text", f.Summary))
	for _, p := range f.Places {
		fmt.Fprintf(&b, "- %s %s: %s\n", harmless.Code(p.String()), harmless.Inline(p.Role), harmless.Code(p.Code))
	}
	fmt.Fprintf(&b, "\n%s\n\n", harmless.Inline(f.Meaning))
	if f.Picture != "" {
		fmt.Fprintf(&b, "%s\n", harmless.Fenced("text", f.Picture))
	}
	if f.Replay != "" {
		fmt.Fprintf(&b, "%s\n", harmless.Fenced("sh", f.Replay))
	}
	if f.Output != "" {
		fmt.Fprintf(&b, "<details><summary>output</summary>\n\n%s\n</details>\n\n", harmless.Fenced("text", f.Output))
	}
	return b.String()
}
