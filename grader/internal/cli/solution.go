package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"heisenkata/grader/internal/harmless"
	"heisenkata/grader/internal/kata"
)

type solutionCommand struct {
	Exercise string `arg:"" optional:"" help:"An id or a path; the exercise whose folder you are in if you name none."`
}

// Run shows the model fix, why it is right, and what to read about its bug.
func (c *solutionCommand) Run(a *app) error {
	e, root, err := a.meant(c.Exercise, a.mustName("solution"))
	if err != nil {
		return err
	}
	read := func(name string) (string, error) {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(e.Solution()), name))
		if errors.Is(err, fs.ErrNotExist) {
			return "", usageError{fmt.Errorf("the solutions are not in this checkout: %w", err)}
		}
		return string(text), err
	}
	why, err := read("README.md")
	if err != nil {
		return err
	}
	p := newPage(a.stdout)
	p.prose("", "This page is "+a.caller.path(e.Solution()+"/README.md")+". The paths in it start from its folder.", faint)
	p.line()
	p.readme(why)
	for _, name := range e.Files {
		fix, err := read(name)
		if err != nil {
			return err
		}
		p.source(a.caller.path(e.Solution()+"/"+name), fix)
	}
	p.references(e.References)
	return p.show(a.stdout)
}

// source shows a file as it is.
func (p *page) source(name, text string) {
	p.line()
	p.line(bold.Render("--- " + harmless.Line(name) + " ---"))
	p.line()
	for line := range strings.Lines(text) {
		p.line(harmless.Text(strings.TrimRight(line, "\r\n")))
	}
}

// references are what to read about an exercise's bug.
func (p *page) references(all []kata.Reference) {
	if len(all) == 0 {
		return
	}
	p.line()
	p.line(bold.Render("To read"))
	p.line()
	for _, r := range all {
		p.flow("- ", "  ", link(r.Title, r.URL))
	}
}
