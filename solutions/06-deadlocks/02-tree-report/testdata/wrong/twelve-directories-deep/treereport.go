// caught by: tests, race or repeat in TestOneCallerAndAnyTree
// Wrong: Remove looks no more than twelve directories below the one that it removes, and files in deeper ones stay.

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
	mu    sync.RWMutex // guards files
	files map[string]int64
}

// New returns a Tree without files.
func New() *Tree { return &Tree{files: map[string]int64{}} }

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.files[path] = size
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for file := range t.files {
		if isIn(file, path) && strings.Count(file, "/")-strings.Count(path, "/") <= 12 {
			delete(t.files, file)
		}
	}
}

// Size returns the size of a file, or of all files in a directory and below it. What is
// not there has size 0.
func (t *Tree) Size(path string) int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.sizeLocked(path)
}

// sizeLocked is Size for callers that hold mu.
func (t *Tree) sizeLocked(path string) int64 {
	var total int64
	for file, size := range t.files {
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
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, dir := range t.directoriesLocked() {
		if _, err := fmt.Fprintf(w, "%d\t%s\n", t.sizeLocked(dir), dir); err != nil {
			return err
		}
	}
	return nil
}

// directoriesLocked returns the paths of all directories, sorted. The caller holds mu.
func (t *Tree) directoriesLocked() []string {
	all := map[string]bool{".": true}
	for file := range t.files {
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
