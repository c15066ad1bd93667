// caught by: explore in TestScheduleManyPutsDuringReport
// Wrong: a sync.Map needs no lock, so none is taken twice. But its Range is no snapshot: what changes meanwhile is seen in part.

// Package treereport keeps an index of files, and reports how large their directories
// are.
package treereport

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Tree is an index of files and their sizes in bytes. A path consists of names with
// slashes between them; "." is the root. A directory is there as long as a file is in
// it, or below it; the root always is.
//
// Its methods may be called from many goroutines at once.
type Tree struct {
	files sync.Map
}

// New returns a Tree without files.
func New() *Tree { return &Tree{} }

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) { t.files.Store(path, size) }

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	for file := range t.copied() {
		if isIn(file, path) {
			t.files.Delete(file)
		}
	}
}

func (t *Tree) copied() map[string]int64 {
	files := map[string]int64{}
	t.files.Range(func(file, size any) bool {
		files[file.(string)] = size.(int64)
		return true
	})
	return files
}

// Size returns the size of a file, or of all files in a directory and below it. What is
// not there has size 0.
func (t *Tree) Size(path string) int64 { return size(t.copied(), path) }

func size(files map[string]int64, path string) int64 {
	var total int64
	for file, size := range files {
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
// Put and Remove may wait until a report is written, Size and other reports do not.
func (t *Tree) Report(w io.Writer) error {
	files := t.copied()
	for _, dir := range directories(files) {
		if _, err := fmt.Fprintf(w, "%d\t%s\n", size(files, dir), dir); err != nil {
			return err
		}
	}
	return nil
}

// directories returns the paths of all directories, sorted.
func directories(files map[string]int64) []string {
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
