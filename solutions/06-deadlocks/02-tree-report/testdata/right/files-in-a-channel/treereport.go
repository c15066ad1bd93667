// Package treereport keeps an index of files, and reports how large their directories
// are.
package treereport

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Tree is an index of files and their sizes in bytes. A path consists of names with
// slashes between them; "." is the root. A directory is there as long as a file is in
// it, or below it; the root always is.
//
// Its methods may be called from many goroutines at once.
type Tree struct {
	files chan files // the one that has received the files may use them, and sends them back
}

// New returns a Tree without files.
func New() *Tree {
	t := &Tree{files: make(chan files, 1)}
	t.files <- files{}
	return t
}

type files map[string]int64

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	files := <-t.files
	files[path] = size
	t.files <- files
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	files := <-t.files
	for file := range files {
		if isIn(file, path) {
			delete(files, file)
		}
	}
	t.files <- files
}

// Size returns the size of a file, or of all files in a directory and below it. What is
// not there has size 0.
func (t *Tree) Size(path string) int64 {
	files := <-t.files
	defer func() { t.files <- files }()
	return files.size(path)
}

func (all files) size(path string) int64 {
	var total int64
	for file, size := range all {
		if isIn(file, path) {
			total += size
		}
	}
	return total
}

// Report writes a line for each directory: its size, a tab and its path. All lines show
// the tree as it was at one moment during the call. An error of w ends the report, and
// Report returns it.
//
// No other call waits until it is written.
func (t *Tree) Report(w io.Writer) error {
	for _, line := range t.lines() {
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}

// lines returns the lines of a report.
func (t *Tree) lines() (lines []string) {
	files := <-t.files
	defer func() { t.files <- files }()
	for _, dir := range files.directories() {
		lines = append(lines, fmt.Sprintf("%d\t%s\n", files.size(dir), dir))
	}
	return lines
}

// directories returns the paths of all directories, sorted.
func (files files) directories() []string {
	all := map[string]bool{".": true}
	for file := range files {
		for i, char := range file {
			if char == '/' {
				all[file[:i]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// isIn reports whether path is the file, or a directory that the file is in or below.
func isIn(file, path string) bool {
	return path == "." || file == path || strings.HasPrefix(file, path+"/")
}
