package cli

import (
	"fmt"
	"strings"

	"charm.land/lipgloss/v2"

	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/progress"
	"heisenkata/grader/internal/submission"
)

type listCommand struct{}

// Run lists the exercises with the points of the last grading.
func (listCommand) Run(a *app) error {
	k, root, reached, err := a.reached()
	if err != nil {
		return err
	}
	var b strings.Builder
	for i, e := range k.Exercises {
		if i == 0 || k.Exercises[i-1].Chapter != e.Chapter {
			fmt.Fprintln(&b, e.Chapter)
		}
		fmt.Fprintf(&b, "  %-20s %-5s  %7s  %s\n", e.ID, strings.Repeat("◆", e.Level), state(root, e, reached), e.Summary)
	}
	if strings.Contains(b.String(), "* ") {
		fmt.Fprintln(&b, "* graded before your last change")
	}
	return show(a.stdout, b.String())
}

// reached loads the trees, and what the learner has reached in his.
func (a *app) reached() (k kata.Kata, root string, reached progress.Progress, err error) {
	if k, root, err = a.trees(); err == nil {
		reached, err = progress.Load(root)
	}
	return k, root, reached, err
}

// state is what is known of an exercise: points, or that there are none yet.
func state(root string, e kata.Exercise, reached progress.Progress) string {
	entry, ok := reached[e.ID]
	if !ok {
		return fmt.Sprintf("–/%d", e.MaxPoints())
	}
	changed := ""
	if current(root, e) != entry.Hash {
		changed = "*"
	}
	return fmt.Sprintf("%d/%d%s", entry.Points, entry.MaxPoints, changed)
}

// current is the hash of an exercise's files as they are now, or "".
func current(root string, e kata.Exercise) string {
	s, err := submission.Read(root, e, e.Dir)
	if err != nil {
		return ""
	}
	return s.Hash()
}

type statusCommand struct{}

// Run says where the learner is and what is next.
func (statusCommand) Run(a *app) error {
	k, root, reached, err := a.reached()
	if err != nil {
		return err
	}
	var b strings.Builder
	points, most, done := 0, 0, 0
	var next *kata.Exercise
	for i, e := range k.Exercises {
		most += e.MaxPoints()
		entry := reached[e.ID]
		asItIs := entry.Hash == current(root, e)
		if asItIs {
			points += entry.Points
		}
		if asItIs && entry.Done() {
			done++
		} else if next == nil {
			next = &k.Exercises[i]
		}
	}
	fmt.Fprintf(&b, "%d of %d exercises done, %d of %d points.\n", done, len(k.Exercises), points, most)
	if next == nil {
		fmt.Fprintln(&b, "All done. `go run ./grader grade --effort thorough` looks at them harder.")
	} else {
		introduce(&b, root, *next, reached)
	}
	p, err := probe(a.ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(&b, "\nprotection of this machine: %s\n%s\n", p.Level, lipgloss.Wrap(p.Explain(), 80, ""))
	return show(a.stdout, b.String())
}

// introduce presents the next exercise and the commands for it.
func introduce(b *strings.Builder, root string, e kata.Exercise, reached progress.Progress) {
	fmt.Fprintf(b, "\nnext: %s %s\n      %s\n", e.ID, strings.Repeat("◆", e.Level), e.Summary)
	if entry, ok := reached[e.ID]; ok {
		when := "as it is now"
		if entry.Hash != current(root, e) {
			when = "before your last change"
		}
		fmt.Fprintf(b, "      graded %d/%d, %s\n", entry.Points, entry.MaxPoints, when)
	}
	fmt.Fprintf(b, "\n  read    %s/README.md\n", e.Dir)
	for _, f := range e.Files {
		fmt.Fprintf(b, "  edit    %s/%s\n", e.Dir, f)
	}
	fmt.Fprintf(b, "  try     go test -race -count=100 ./%s\n", e.Dir)
	fmt.Fprintf(b, "  grade   go run ./grader run %s\n", e.ID)
	fmt.Fprintf(b, "  stuck?  go run ./grader hint %s\n", e.ID)
}

// recordProgress keeps the points of a grading. That it cannot be kept is worth
// a note and no more.
func recordProgress(k kata.Kata, r grade.Report) (notes []string) {
	reached, err := progress.Load(k.Root)
	if err == nil {
		for _, g := range r.Exercises {
			e, findErr := k.Find(g.ID)
			if g.Points != nil && findErr == nil {
				reached[g.ID] = progress.Entry{Points: *g.Points, MaxPoints: g.MaxPoints, Hash: orDash(current(k.Root, e))}
			}
		}
		err = reached.Save(k.Root)
	}
	if err != nil {
		return []string{"The grade stands, but your progress could not be kept: " + err.Error() + ". Make the folder writable to have it kept."}
	}
	return nil
}

// orDash keeps a field of the progress file from being empty.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
