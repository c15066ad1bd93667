package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

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
			return fmt.Errorf("%w; the file is as it was, make it writable and try again", err)
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
