package report

import (
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/workflow"
)

// github writes a report for the log of a GitHub Actions step: the text, then
// annotations, the most useful first.
func github(w io.Writer, r grade.Report) error {
	var text strings.Builder
	if err := terminal(&text, r, Options{Width: workflow.LogWidth, All: len(r.Exercises) == 1}); err != nil {
		return err
	}
	return workflow.Write(w, text.String(), annotations(r))
}

// annotations picks one finding an exercise first, then the rest in order.
func annotations(r grade.Report) []workflow.Annotation {
	var first, rest []workflow.Annotation
	for _, e := range r.Exercises {
		if e.Verdict == evidence.Error {
			first = append(first, workflow.Annotation{Title: e.ID + ": grader error", Message: "This is not a zero. " + e.Error})
			continue
		}
		told := map[string]bool{}
		for i, f := range e.Failures() {
			switch {
			case i == 0:
				first = append(first, annotation(e, f))
			case !told[f.Story]:
				rest = append(rest, annotation(e, f))
			}
			told[f.Story] = true
		}
	}
	return append(first, rest...)
}

func annotation(e grade.Exercise, f grade.Failure) workflow.Annotation {
	at := evidence.Place{File: e.Dir + "/README.md"}
	if len(f.Why.Places) > 0 {
		at = f.Why.Places[0]
	}
	return workflow.Annotation{File: at.File, Line: at.Line, Title: e.ID + ": " + called(f.Why.Verdict), Message: strings.TrimSpace(told(f) + "\n" + f.Why.Meaning)}
}

// told is a failure's story, and the finding's summary where that says more.
func told(f grade.Failure) string {
	if strings.HasSuffix(f.Why.Summary, f.Story) {
		return f.Story
	}
	return f.Story + "\n" + f.Why.Summary
}

// outputs writes a step's outputs, as the file $GITHUB_OUTPUT takes them.
func outputs(w io.Writer, r grade.Report) error {
	earned := ""
	if r.Points != nil {
		earned = fmt.Sprint(*r.Points)
	}
	_, err := fmt.Fprintf(w, "points=%s\nmax-points=%d\nungraded=%d\npassed=%t\n", earned, r.MaxPoints, r.Ungraded, r.Verdict == evidence.Pass)
	return err
}
