package report

import (
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/grade"
)

// logWidth is what a step's log shows without a line breaking.
const logWidth = 100

// annotationLimit is how many annotations of a kind GitHub shows for a step.
const annotationLimit = 10

// github writes a report for the log of a GitHub Actions step: the text in a
// fence within which no workflow command is obeyed, then annotations, the most
// useful first.
//
// The fence's token is a hash over the whole report, so that nothing in the
// report can contain it.
func github(w io.Writer, r grade.Report) error {
	var text strings.Builder
	if err := terminal(&text, r, Options{Width: logWidth, All: len(r.Exercises) == 1}); err != nil {
		return err
	}
	token := fmt.Sprintf("%x", sha256.Sum256([]byte(text.String())))
	if _, err := fmt.Fprintf(w, "::stop-commands::%s\n%s\n::%s::\n", token, text.String(), token); err != nil {
		return err
	}
	for _, a := range annotations(r) {
		if _, err := fmt.Fprintln(w, a); err != nil {
			return err
		}
	}
	return nil
}

// annotations picks one finding an exercise first, then the rest in order.
func annotations(r grade.Report) (lines []string) {
	var first, rest []string
	for _, e := range r.Exercises {
		if e.Verdict == evidence.Error {
			first = append(first, command("error", evidence.Place{}, e.ID+": grader error", "This is not a zero. "+e.Error))
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
	lines = append(first, rest...)
	return lines[:min(len(lines), annotationLimit)]
}

func annotation(e grade.Exercise, f grade.Failure) string {
	at := evidence.Place{File: e.Dir + "/README.md"}
	if len(f.Why.Places) > 0 {
		at = f.Why.Places[0]
	}
	return command("error", at, e.ID+": "+called(f.Why.Verdict), told(f)+"\n"+f.Why.Meaning)
}

// told is a failure's story, and the finding's summary where that says more.
func told(f grade.Failure) string {
	if strings.HasSuffix(f.Why.Summary, f.Story) {
		return f.Story
	}
	return f.Story + "\n" + f.Why.Summary
}

// command is a workflow command; what it quotes is escaped as GitHub's toolkit does.
func command(name string, at evidence.Place, title, message string) string {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	where := ""
	if at.File != "" {
		where = fmt.Sprintf("file=%s,line=%d,", property.Replace(at.File), max(at.Line, 1))
	}
	return fmt.Sprintf("::%s %stitle=%s::%s", name, where, property.Replace(title), data.Replace(message))
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
