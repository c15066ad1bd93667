package page

import (
	"cmp"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// Explored is a page about an exploration or a replay.
func Explored(r explored.Report) Document {
	d := Document{Title: "Explored", Lead: []string{explored.Totals(r)}}
	for _, p := range r.Packages {
		d.Parts = append(d.Parts, packagePart(r.Again, p))
	}
	if len(r.Packages) == 1 {
		d.Title = harmless.Line(r.Packages[0].Package)
		d.Parts[0].Title = ""
	}
	return d
}

func packagePart(again explored.Again, p explored.Package) Part {
	part := Part{Title: oneLine(p.Package)}
	switch {
	case p.Reason == explored.NoTests:
		part.Texts = []string{"no tests"}
	case p.Reason != "":
		part.Sign, part.Verdict = Doubt, "cannot be explored, because "+explored.Sentence(p.Reason)
	}
	tests := Table{Head: []string{"test", "what came of it"}}
	for _, t := range p.Tests {
		tests.Rows = append(tests.Rows, Row{Sign: SignOf(t.Verdict), Cells: []string{oneLine(t.Name), explored.Outcome(t)}})
		if t.Verdict.Found() || t.Verdict == explored.Running || t.Verdict == explored.Timing || len(explored.Notes(t)) > 0 {
			part.Findings = append(part.Findings, FindingOf(again, p, t))
		}
	}
	part.Tables = []Table{tests}
	if text := explored.NotExplored(p); text != "" {
		part.Texts = append(part.Texts, text)
	}
	return part
}

func oneLine(text string) string { return harmless.Limit{Lines: 1, Length: 1000}.Of(text) }

// SignOf is a verdict's sign.
func SignOf(v explored.Verdict) Sign {
	switch {
	case v == explored.Pass:
		return Good
	case v.Found():
		return Bad
	}
	return Doubt
}

// FindingOf is what a page shows of a test of an exploration.
func FindingOf(again explored.Again, p explored.Package, t explored.Test) Finding {
	f := Finding{Title: oneLine(t.Name) + ": " + explored.Outcome(t), Fails: t.FailedAt.Spot(), Notes: explored.Notes(t)}
	for _, said := range []string{t.Story, t.Summary} {
		if said != "" && !t.Verdict.OutcomeSaysWhy() { // its outcome has said so
			f.Story = append(f.Story, explored.Sentence(said))
		}
	}
	if t.Verdict.Found() {
		f.Test = &t
	}
	if t.Schedule != "" {
		f.Again = append(f.Again, Again{"again:", again.Command(p, t.Name, t.Schedule)})
	}
	if t.Left != nil {
		f.Again = append(f.Again, Again{t.Left.Besides() + ":", again.Command(p, t.Name, t.Left.Schedule)})
	}
	return f
}

// Explained is a page about one test of an exploration: its title is that of what it is
// about, such as an exercise.
func Explained(title string, r explored.Report, p explored.Package, t explored.Test) Document {
	f := FindingOf(r.Again, p, t)
	lead := f.Title
	f.Title = ""
	return Document{Title: cmp.Or(title, oneLine(p.Package)), Lead: []string{lead}, Parts: []Part{{Findings: []Finding{f}}}}
}
