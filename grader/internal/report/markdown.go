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
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", sign(e.Verdict), harmless.Inline(e.ID), points(e), harmless.Inline(cameTo(e)))
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
	fmt.Fprintf(&b, "\n### %s %s (%s)\n\n", sign(e.Verdict), harmless.Inline(e.ID), points(e))
	if e.Verdict == evidence.Pass {
		if e.Learnt != "" {
			fmt.Fprintf(&b, "%s\n\n", harmless.Inline(e.Learnt))
		}
		fmt.Fprintf(&b, "%s.\n", e.Strength())
		return b.String()
	}
	if e.Error != "" {
		fmt.Fprintf(&b, "The grader could not grade this. It is not a zero.\n\n%s", harmless.Fenced("text", e.Error))
	}
	if e.Forfeited != "" {
		fmt.Fprintf(&b, "Forfeited: %s.\n\n", harmless.Inline(e.Forfeited))
	}
	b.WriteString(wholeSection(e))
	seen := map[string]bool{}
	for _, t := range failing(e) {
		fmt.Fprintf(&b, "- **%s** (%s): %s\n", harmless.Inline(t.Name), worth(t), harmless.Inline(outcome(t)))
		if f, ok := t.Failure(); ok && !seen[f.Story] {
			seen[f.Story] = true
			b.WriteString("\n" + findingSection(told(f), f.Why))
		}
	}
	return b.String()
}

// wholeSection is what speaks against the fix as a whole.
func wholeSection(e grade.Exercise) string {
	var b strings.Builder
	for _, c := range e.Checks {
		if c.Failed() && c.Finding != nil {
			b.WriteString(findingSection(c.Finding.Summary, *c.Finding))
		}
	}
	if e.Refused() && e.Ran() {
		fmt.Fprintf(&b, "No points%s.\n\n", earnable(e))
	}
	return b.String()
}

func findingSection(story string, f evidence.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", harmless.Fenced("text", story))
	for _, p := range f.Places {
		fmt.Fprintf(&b, "- %s %s: %s\n", harmless.Code(p.String()), harmless.Inline(p.Role), harmless.Code(p.Code))
	}
	fmt.Fprintf(&b, "\n%s\n\n", harmless.Inline(meaning(f)))
	if picture := drawn(f); picture != "" {
		fmt.Fprintf(&b, "%s\n", harmless.Fenced("text", picture))
	}
	if f.Replay != "" {
		fmt.Fprintf(&b, "%s\n", harmless.Fenced("sh", f.Replay))
	}
	if f.Output != "" {
		fmt.Fprintf(&b, "<details><summary>output</summary>\n\n%s\n</details>\n\n", harmless.Fenced("text", f.Output))
	}
	return b.String()
}
