package cli

import (
	"fmt"
	"os"
	"path/filepath"
)

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
