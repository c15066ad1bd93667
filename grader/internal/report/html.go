package report

import (
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/page"
)

// html writes a report as one web page: the score, what came of each exercise and test, on
// what evidence, and each finding with its interleaving.
func html(w io.Writer, r grade.Report, o Options) error {
	d := page.Document{Title: "Heisenkata: " + total(r), Sources: o.Sources, Facts: circumstancesOf(r)}
	if len(r.Exercises) > 1 {
		d.Tables = []page.Table{overview(r)}
	}
	for i, e := range r.Exercises {
		part := exercisePart(e)
		part.ID = anchor(i)
		d.Parts = append(d.Parts, part)
	}
	return page.Write(w, d)
}

// circumstancesOf is what a reader has to know to trust the score.
func circumstancesOf(r grade.Report) []string {
	return append([]string{
		"Protection of the machine: " + r.Protection.Level + ". " + r.Protection.Explanation,
		fmt.Sprintf("Effort: %s. %s on %s.", r.Effort, r.Go, r.Platform),
	}, r.Notes...)
}

func overview(r grade.Report) page.Table {
	t := page.Table{Head: []string{"exercise", "points", "verdict"}}
	for i, e := range r.Exercises {
		t.Rows = append(t.Rows, page.Row{Sign: signed(e.Verdict), Link: "#" + anchor(i), Cells: []string{e.ID, points(e), cameTo(e)}})
	}
	return t
}

// anchor is a section's name within the page.
func anchor(i int) string { return fmt.Sprintf("exercise-%d", i+1) }

func signed(v evidence.Verdict) page.Sign {
	switch v {
	case evidence.Pass:
		return page.Good
	case evidence.Error, evidence.Skipped:
		return page.Doubt
	}
	return page.Bad
}

func exercisePart(e grade.Exercise) page.Part {
	p := page.Part{Title: strings.TrimSuffix(e.ID+": "+e.Title, ": "), Sign: signed(e.Verdict), Verdict: points(e) + " points: " + cameTo(e)}
	switch {
	case e.Verdict == evidence.Pass:
		p.Texts = []string{e.Learnt, e.Strength() + "."}
	case e.Error != "":
		p.Texts = []string{"The grader could not grade this. It is not a zero. " + e.Error}
	}
	if e.Forfeited != "" {
		p.Texts = append(p.Texts, "Forfeited: "+e.Forfeited+".")
	}
	if e.Refused() && e.Ran() {
		p.Texts = append(p.Texts, "No points"+earnable(e)+".")
	}
	if e.Ran() {
		p.Tables = []page.Table{testTable(e)}
	}
	told := map[string]bool{}
	for _, f := range e.Failures() {
		if !told[f.Story] {
			told[f.Story] = true
			p.Findings = append(p.Findings, findingOf(f))
		}
	}
	return p
}

// testTable says of each test what came of it, and on what evidence.
func testTable(e grade.Exercise) page.Table {
	t := page.Table{Head: []string{"test", "points", "what came of it", "evidence"}}
	for _, x := range e.Tests {
		t.Rows = append(t.Rows, page.Row{Sign: signed(x.Verdict), Cells: []string{x.Name, worth(x), outcome(x), evidenceOf(x)}})
	}
	return t
}

// evidenceOf is what each detector has run: those of which the same is to be said, together.
func evidenceOf(t grade.Test) string {
	var parts []string
	detectors := map[string][]string{}
	for _, c := range t.Checks {
		said := oneLine(c.Note)
		if said == "" && c.Runs > 0 {
			said = fmt.Sprintf("%d of %s failed", c.Failures, runs(c.Runs))
		}
		if said == "" {
			continue
		}
		if detectors[said] == nil {
			parts = append(parts, said)
		}
		detectors[said] = append(detectors[said], c.Detector)
	}
	for i, said := range parts {
		parts[i] = strings.Join(detectors[said], ", ") + ": " + said
	}
	return strings.Join(parts, "; ")
}

// findingOf is a failure as a page shows it.
func findingOf(f grade.Failure) page.Finding {
	p := page.Finding{Story: []string{oneLine(f.Story)}, Means: meaning(f.Why), Output: f.Why.Output, Text: f.Why.Picture}
	if f.Test != nil {
		p.Title = f.Test.Name + " " + outcome(*f.Test)
	}
	if f.Why.Summary != f.Story {
		p.Story = append(p.Story, oneLine(f.Why.Summary))
	}
	if x := f.Why.Explored; x != nil && len(x.Trace) > 0 {
		p.Test, p.Text, p.Fails = x, "", x.FailedAt.Spot()
	}
	for _, at := range f.Why.Places {
		p.Places = append(p.Places, page.Place{At: at.String(), Role: at.Role, Code: at.Code})
	}
	if f.Why.Replay != "" {
		p.Again = []page.Again{{What: "again:", Command: f.Why.Replay}}
	}
	return p
}

func runs(n int) string {
	if n == 1 {
		return "1 run"
	}
	return fmt.Sprintf("%d runs", n)
}
