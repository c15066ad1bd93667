package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"heisenkata/grader/internal/grade"
	"heisenkata/grader/internal/kata"
	"heisenkata/grader/internal/progress"
	"heisenkata/grader/internal/submission"
)

type listCommand struct{}

// Run lists the exercises with the points of the last grading.
func (listCommand) Run(a *app) error {
	k, root, err := a.trees()
	if err != nil {
		return err
	}
	reached, err := progress.Load(root)
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
	return show(a.stdout, b.String())
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
	k, root, err := a.trees()
	if err != nil {
		return err
	}
	reached, err := progress.Load(root)
	if err != nil {
		return err
	}
	var b strings.Builder
	points, most, done := 0, 0, 0
	var next *kata.Exercise
	for i, e := range k.Exercises {
		most += e.MaxPoints()
		entry := reached[e.ID]
		points += entry.Points
		if entry.Done() && entry.Hash == current(root, e) {
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

type hintCommand struct {
	Exercise string `arg:"" help:"Its id or folder."`
	Number   int    `arg:"" optional:"" default:"1" help:"Which hint, 1 to 3."`
}

// Run shows one hint.
func (c *hintCommand) Run(a *app) error {
	e, _, err := a.find(c.Exercise)
	if err != nil {
		return err
	}
	if c.Number < 1 || c.Number > len(e.Hints) {
		return usageError{fmt.Errorf("there are hints 1 to %d", len(e.Hints))}
	}
	text := fmt.Sprintf("%s, hint %d of %d\n\n%s\n", e.ID, c.Number, len(e.Hints), e.Hints[c.Number-1])
	if c.Number < len(e.Hints) {
		text += fmt.Sprintf("\nmore: go run ./grader hint %s %d\n", e.ID, c.Number+1)
	} else {
		text += fmt.Sprintf("\nthe answer: go run ./grader solution %s\n", e.ID)
	}
	return show(a.stdout, text)
}

// find loads the trees and looks up one exercise.
func (a *app) find(name string) (kata.Exercise, string, error) {
	k, root, err := a.trees()
	if err != nil {
		return kata.Exercise{}, "", err
	}
	e, err := k.Find(name)
	if err != nil {
		return e, root, usageError{err}
	}
	return e, root, nil
}

type resetCommand struct {
	Exercise string `arg:"" help:"Its id or folder."`
}

// Run puts the starter back and keeps what was there.
func (c *resetCommand) Run(a *app) error {
	e, root, err := a.find(c.Exercise)
	if err != nil {
		return err
	}
	for _, name := range e.Files {
		file := filepath.Join(root, filepath.FromSlash(e.Dir), name)
		starter, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.Starter()), name))
		if err != nil {
			return fmt.Errorf("the starter is not in this checkout: %w; restore it from your version control", err)
		}
		kept, err := keep(file, starter)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, starter, 0o644); err != nil {
			return fmt.Errorf("%w; nothing was changed, make the folder writable and try again", err)
		}
		fmt.Fprintf(a.stdout, "%s/%s is the starter again.%s\n", e.Dir, name, kept)
	}
	return nil
}

// keep saves what stands at file beside it, unless it is the starter already.
func keep(file string, starter []byte) (note string, err error) {
	old, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) || bytes.Equal(old, starter) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s.%d.bak", file, n)
		f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("keeping your version: %w; nothing was changed", err)
		}
		_, err = f.Write(old)
		return " Your version is in " + filepath.Base(name) + ".", errors.Join(err, f.Close())
	}
}

type solutionCommand struct {
	Exercise string `arg:"" help:"Its id or folder."`
}

// Run shows the model fix and its explanation.
func (c *solutionCommand) Run(a *app) error {
	e, root, err := a.find(c.Exercise)
	if err != nil {
		return err
	}
	dir := filepath.Join(root, filepath.FromSlash(e.Solution()))
	why, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		return fmt.Errorf("the solutions are not in this checkout: %w", err)
	}
	text := string(why)
	for _, name := range e.Files {
		fix, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		text += fmt.Sprintf("\n--- %s/%s ---\n\n%s", e.Solution(), name, fix)
	}
	return show(a.stdout, text)
}

type busyCommand struct{}

// Run computes until the process is killed: the load under which timing bugs show.
func (busyCommand) Run(a *app) error {
	for n := uint64(1); a.ctx.Err() == nil; n++ {
		for range 1 << 20 {
			n = n*6364136223846793005 + 1442695040888963407
		}
	}
	return nil
}
