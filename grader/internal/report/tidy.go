package report

import (
	"fmt"
	"io"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/harmless"
)

// Most of what a report quotes is the learner's: what the code prints, how it
// is written, what it is called. So each format gets the report tidied.

// limits bound the strings of a report by the names of their fields. All others
// are of one line.
var limits = map[string]harmless.Limit{
	"Explanation": {Lines: 20, Length: 1600},
	"Summary":     {Lines: 20, Length: 800},
	"Story":       {Lines: 20, Length: 800},
	"Advice":      {Lines: 20, Length: 800},
	"Learnt":      {Lines: 20, Length: 800},
	"Meaning":     {Lines: 20, Length: 800},
	"Note":        {Lines: 20, Length: 800},
	"Notes":       {Lines: 20, Length: 800},
	"Forfeited":   {Lines: 20, Length: 800},
	"Error":       {Lines: 100, Length: 4 << 10},
	"Output":      {Lines: 1000, Length: 4 << 10},
	"Picture":     {Lines: 400, Length: 32 << 10},
	"Table":       {Lines: 40, Length: 4 << 10},
	"Detail":      {Lines: 1000, Length: 4 << 10},
	"Schedule":    {Lines: 1, Length: 8 << 10}, // as Replay
	"Replay":      {Lines: 1, Length: 8 << 10}, // it holds a schedule, which is of no use in part
}

var oneLineLimit = harmless.Limit{Lines: 1, Length: 1000}

// maxTrace is how many steps a report keeps of an exploration.
const maxTrace = 2000

// maxList is how many notes, or places of a finding, a report has.
const maxList = 20

// tidied makes each format write what is safe to show.
func tidied(formats map[string]Write) map[string]Write {
	safe := map[string]Write{}
	for name, write := range formats {
		safe[name] = func(w io.Writer, r grade.Report, o Options) error { return write(w, tidy(r), o) }
	}
	return safe
}

// tidy copies a report so that all of its text only prints, and none goes on
// and on. A tidy report stays as it is.
func tidy(r grade.Report) grade.Report {
	r = harmless.Copy(r, tidyText)
	if left := len(r.Notes) - maxList; left > 0 {
		r.Notes = append(r.Notes[:maxList-1], fmt.Sprintf("%d more notes are left out.", left+1))
	}
	for _, e := range r.Exercises {
		tidyFindings(e.Checks)
		for _, t := range e.Tests {
			tidyFindings(t.Checks)
		}
	}
	return r
}

func tidyText(field, text string) string {
	if limit, ok := limits[field]; ok {
		return limit.Of(text)
	}
	return oneLineLimit.Of(text)
}

func tidyFindings(checks []evidence.Check) {
	for _, c := range checks {
		if c.Finding == nil {
			continue
		}
		if x := c.Finding.Explored; x != nil && len(x.Trace) > maxTrace {
			c.Finding.Explored = nil // its picture is there as text
		}
		if left := len(c.Finding.Places) - maxList; left > 0 {
			c.Finding.Places = c.Finding.Places[:maxList]
			last := &c.Finding.Places[maxList-1]
			last.Code, last.Role = "", fmt.Sprintf("and %d more places, left out", left)
		}
	}
}
