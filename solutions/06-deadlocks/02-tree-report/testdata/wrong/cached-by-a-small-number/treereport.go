// caught by: tests in TestManyChangesBetweenReports
// Wrong: a report is put together only if the tree has changed since the last one. The changes are counted in 8 bits, and 256 of them are none.

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

	version uint8 // counts changes

	reporting sync.Mutex // guards lines and of
	lines     string     // the last report
	of        uint8      // its version
}

// New returns a Tree without files.
func New() *Tree { return &Tree{files: map[string]int64{}} }

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.version++
	t.files[path] = size
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.version++
	for file := range t.files {
		if isIn(file, path) {
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
	_, err := io.WriteString(w, t.report())
	return err
}

// report returns the text of a report.
func (t *Tree) report() string {
	t.reporting.Lock()
	defer t.reporting.Unlock()
	t.mu.RLock()
	defer t.mu.RUnlock()
	if t.lines != "" && t.of == t.version {
		return t.lines
	}
	t.lines, t.of = "", t.version
	for _, dir := range t.directoriesLocked() {
		t.lines += fmt.Sprintf("%d\t%s\n", t.sizeLocked(dir), dir)
	}
	return t.lines
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
