package run

import (
	"io"
	"os"
)

// Left reads the beginning of a file that a process has left in a folder, at most
// so many bytes. A process may have been up to anything: what is no regular file
// in that very folder, or cannot be read, is nothing.
func Left(dir, name string, most int64) []byte {
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
