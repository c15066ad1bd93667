// caught by: tests in TestOneCallerAndAnyTree
// Wrong: a path that was once a directory is taken for one, so a file of that name stays.

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

// Tree is an index of files and their sizes in bytes.
type Tree struct {
	mu    sync.RWMutex // guards the maps
	files map[string]int64
	dirs  map[string]bool // the directories: of all others, Remove need not look at each file
}

// New returns a Tree without files.
func New() *Tree { return &Tree{files: map[string]int64{}, dirs: map[string]bool{".": true}} }

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, known := t.files[path]; !known {
		for i, char := range path {
			if char == '/' {
				t.dirs[path[:i]] = true
			}
		}
	}
	t.files[path] = size
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case path == ".":
		clear(t.files)
	case t.dirs[path]:
		maps.DeleteFunc(t.files, func(file string, _ int64) bool { return strings.HasPrefix(file, path+"/") })
	default:
		delete(t.files, path)
	}
}

// Size returns the size of a file, or of all files in a directory and below it.
func (t *Tree) Size(path string) int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var total int64
	for file, size := range t.files {
		if isIn(file, path) {
			total += size
		}
	}
	return total
}

// Report writes a line for each directory: its size, a tab and its path.
func (t *Tree) Report(w io.Writer) error {
	t.mu.RLock()
	all := directories(t.files)
	t.mu.RUnlock()
	for _, dir := range slices.Sorted(maps.Keys(all)) {
		if _, err := fmt.Fprintf(w, "%d\t%s\n", all[dir], dir); err != nil {
			return err
		}
	}
	return nil
}

// directories returns the paths of all directories with their sizes.
func directories(files map[string]int64) map[string]int64 {
	all := map[string]int64{".": 0}
	for file, size := range files {
		all["."] += size
		for i, char := range file {
			if char == '/' {
				all[file[:i]] += size
			}
		}
	}
	return all
}

// isIn reports whether path is the file, or a directory that the file is in or below.
func isIn(file, path string) bool {
	return path == "." || file == path || strings.HasPrefix(file, path+"/")
}
