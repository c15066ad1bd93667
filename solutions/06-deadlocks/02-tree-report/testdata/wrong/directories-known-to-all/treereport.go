// caught by: race in TestTwoTrees
// Wrong: all trees share a map of what they know of names, and each has a lock of its own.

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
	mu    sync.RWMutex // guards files and dirs
	files map[string]int64
	dirs  map[string]directory
}

type directory struct {
	files int
	size  int64
}

// parents has the directories of each file that was seen, since builds put the same
// files again and again.
var parents = map[string][]string{}

// New returns a Tree without files.
func New() *Tree {
	return &Tree{files: map[string]int64{}, dirs: map[string]directory{".": {}}}
}

func parentsOf(file string) []string {
	all, ok := parents[file]
	if !ok {
		all = []string{"."}
		for i, char := range file {
			if char == '/' {
				all = append(all, file[:i])
			}
		}
		parents[file] = all
	}
	return all
}

// add changes the directories of a file. The caller holds mu.
func (t *Tree) add(file string, files int, size int64) {
	for _, dir := range parentsOf(file) {
		d := t.dirs[dir]
		d.files += files
		d.size += size
		if d.files == 0 && dir != "." {
			delete(t.dirs, dir)
		} else {
			t.dirs[dir] = d
		}
	}
}

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old, ok := t.files[path]; ok {
		t.add(path, 0, size-old)
	} else {
		t.add(path, 1, size)
	}
	t.files[path] = size
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for file, size := range t.files {
		if isIn(file, path) {
			delete(t.files, file)
			t.add(file, -1, -size)
		}
	}
}

// Size returns the size of a file, or of all files in a directory and below it.
func (t *Tree) Size(path string) int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if size, ok := t.files[path]; ok {
		return size
	}
	return t.dirs[path].size
}

// Report writes a line for each directory.
func (t *Tree) Report(w io.Writer) error {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, dir := range slices.Sorted(maps.Keys(t.dirs)) {
		if _, err := fmt.Fprintf(w, "%d\t%s\n", t.dirs[dir].size, dir); err != nil {
			return err
		}
	}
	return nil
}

// isIn reports whether path is the file, or a directory that the file is in or below.
func isIn(file, path string) bool {
	return path == "." || file == path || strings.HasPrefix(file, path+"/")
}
