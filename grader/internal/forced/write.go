package forced

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"heisenkata/grader/internal/explored"
	"heisenkata/grader/internal/harmless"
)

// Again is how the reader calls the grader for the same test.
type Again struct {
	Make string // prints the patch again
	Root string // the module's folder, as seen from where the reader is; "" if the same
}

// Write writes a patch, below lines that say what to do with it. For git and patch they
// are no part of it.
func Write(w io.Writer, r Result, t explored.Test, a Again) error {
	apply := "git apply"
	if a.Root != "" && a.Root != "." {
		apply = "git -C " + a.Root + " apply"
	}
	lines := []string{
		fmt.Sprintf("%s runs %s in an order that breaks it: %s", r.Test, t.Name, t.Summary),
		"",
		"Keep:   " + a.Make + " > order.diff",
		"Apply:  " + apply + " order.diff",
		"Run:    " + r.Command,
		"Undo:   " + apply + " -R order.diff",
		"",
		fmt.Sprintf("It fails %d of %d times. %s", r.Failures, r.Runs, r.how()),
	}
	if r.Told > 0 {
		lines = append(lines, fmt.Sprintf("%d times it has not only the data race, but goes wrong as well.", r.Told))
	}
	for _, p := range r.Problems {
		lines = append(lines, "Not forced: "+p.String()+".")
	}
	for i, l := range lines {
		lines[i] = strings.TrimSpace("# " + harmless.Line(l))
	}
	_, err := io.WriteString(w, strings.Join(lines, "\n")+"\n"+r.Patch)
	return err
}

// how says by what a turn is known to be over.
func (r Result) how() string {
	if r.Bubble {
		return "It runs in a bubble of testing/synctest: a turn begins when all other goroutines are blocked."
	}
	return "Turns are told apart by time: each begins 20ms after the one before."
}

// Impossible says why there is no test.
func (r Result) Impossible() error {
	text := fmt.Sprintf("this order cannot be forced natively: a test that tries fails as it should in %d of %d runs", r.Failures, r.Runs)
	reasons := slices.Concat(r.Problems, r.Doubts)
	for _, p := range reasons {
		text += "\n" + p.String()
	}
	if len(reasons) == 0 {
		text += "\nbetween the turns it runs differently each time, for a reason that the schedule does not show"
	}
	return errors.New(text)
}
