package run

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// ReadLeftover reads the beginning of a file that a process has left in a folder, at most
// that many bytes. A process may have done anything: what is not a regular file in that
// very folder, or cannot be read, counts as empty.
func ReadLeftover(dir, name string, most int64) []byte {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	if info, err := root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	f, err := root.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil
	}
	return text
}

// Room reports whether a process could have written into a folder below dir what it
// had to. Dir itself is one that the process could not write to.
func Room(dir string) error {
	f, err := os.CreateTemp(dir, "room-")
	if err == nil {
		_, err = f.Write(make([]byte, 1<<16))
		err = errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	if err != nil {
		return fmt.Errorf("a test process may have had no room for its report: %w; free some space, or set TMPDIR to where there is some, and grade again", err)
	}
	return nil
}
