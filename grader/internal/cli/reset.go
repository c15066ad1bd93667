package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"heisenkata/grader/internal/kata"
)

type resetCommand struct {
	Exercise string `arg:"" optional:"" help:"An id or a path; the exercise whose folder you are in if you name none."`
}

// Run puts the starter back and keeps what was there.
func (c *resetCommand) Run(a *app) error {
	e, root, err := a.meant(c.Exercise, a.mustName("reset"))
	if err != nil {
		return err
	}
	for _, name := range e.Files {
		if err := a.reset(root, e, name); err != nil {
			return err
		}
	}
	return nil
}

// reset puts one file of an exercise back.
func (a *app) reset(root string, e kata.Exercise, name string) error {
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
		return fmt.Errorf("%w; your file is unchanged: make it writable and try again", err)
	}
	p := newPage(a.stdout)
	p.prose("", a.caller.path(e.Dir+"/"+name)+" is the starter again.", plain)
	if kept != "" {
		p.prose("", "Your version is kept in "+a.caller.path(e.Dir+"/"+kept)+".", plain)
	}
	return p.show(a.stdout)
}

// keep saves what stands at file beside it, unless it is the starter already, and
// returns the name that it has there.
func keep(file string, starter []byte) (kept string, err error) {
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
		return filepath.Base(name), errors.Join(err, f.Close())
	}
}
