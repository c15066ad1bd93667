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
	mu          sync.RWMutex // guards files and directories
	files       map[string]int64
	directories map[string]total
}

// New returns a Tree without files.
func New() *Tree {
	return &Tree{files: map[string]int64{}, directories: map[string]total{".": {}}}
}

// A total has the number of files in a directory and below it, and their sizes.
type total struct{ files, bytes int64 }

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.removeLocked(path)
	t.files[path] = size
	t.countLocked(path, total{1, size})
}

// removeLocked removes a file, if it is there. The caller holds mu.
func (t *Tree) removeLocked(file string) {
	if size, ok := t.files[file]; ok {
		delete(t.files, file)
		t.countLocked(file, total{-1, -size})
	}
}

// countLocked changes the totals of all directories that a file is in or below. The
// caller holds mu.
func (t *Tree) countLocked(file string, more total) {
	dir := file
	for at := strings.LastIndexByte(dir, '/'); at >= 0; at = strings.LastIndexByte(dir, '/') {
		dir = dir[:at]
		now := t.directories[dir]
		now.files, now.bytes = now.files+more.files, now.bytes+more.bytes
		t.directories[dir] = now
		if now.files == 0 {
			delete(t.directories, dir)
		}
	}
	root := t.directories["."]
	t.directories["."] = total{root.files + more.files, root.bytes + more.bytes}
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for file := range t.files {
		if isIn(file, path) {
			t.removeLocked(file)
		}
	}
}

// Size returns the size of a file, or of all files in a directory and below it. What is
// not there has size 0.
func (t *Tree) Size(path string) int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if size, ok := t.files[path]; ok {
		return size
	}
	return t.directories[path].bytes
}

// Report writes a line for each directory: its size, a tab and its path. All lines show
// the tree as it was at one moment during the call. An error of w ends the report, and
// Report returns it.
//
// Put and Remove may wait until a report is written, Size and other reports do not.
func (t *Tree) Report(w io.Writer) error {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, dir := range slices.Sorted(maps.Keys(t.directories)) {
		if _, err := fmt.Fprintf(w, "%d\t%s\n", t.directories[dir].bytes, dir); err != nil {
			return err
		}
	}
	return nil
}

// isIn reports whether path is the file, or a directory that the file is in or below.
func isIn(file, path string) bool {
	return path == "." || file == path || strings.HasPrefix(file, path+"/")
}
