// caught by: tests or race in TestOneCallAfterTheOther
// Wrong: a directory is forgotten when the sum of its files is zero, as if none were left.

// Package treereport keeps an index of files, and reports how large their directories
// are.
package treereport

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Tree is an index of files and their sizes in bytes.
//
// Its methods may be called from many goroutines at once.
type Tree struct {
	mu    sync.RWMutex // guards the rest
	files map[string]int64
	dirs  map[string]int64 // the total of each directory, kept up to date
}

// New returns a Tree without files.
func New() *Tree { return &Tree{files: map[string]int64{}, dirs: map[string]int64{".": 0}} }

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.addLocked(path, size-t.files[path])
	t.files[path] = size
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for file, size := range t.files {
		if path == "." || file == path || strings.HasPrefix(file, path+"/") {
			delete(t.files, file)
			t.addLocked(file, -size)
			t.pruneLocked(file)
		}
	}
}

// addLocked adds to the totals of all directories that a file is in or below.
func (t *Tree) addLocked(file string, delta int64) {
	for i, char := range file {
		if char == '/' {
			t.dirs[file[:i]] += delta
		}
	}
	t.dirs["."] += delta
}

// pruneLocked forgets the directories of a file that are empty now.
func (t *Tree) pruneLocked(file string) {
	for i, char := range file {
		if char == '/' && t.dirs[file[:i]] == 0 {
			delete(t.dirs, file[:i])
		}
	}
}

// Size returns the size of a file, or of all files in a directory and below it.
func (t *Tree) Size(path string) int64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.files[path] + t.dirs[path]
}

// Report writes a line for each directory: its size, a tab and its path.
func (t *Tree) Report(w io.Writer) error {
	_, err := w.Write(t.page())
	return err
}

func (t *Tree) page() []byte {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var page bytes.Buffer
	for _, dir := range slices.Sorted(maps.Keys(t.dirs)) {
		fmt.Fprintf(&page, "%d\t%s\n", t.dirs[dir], dir)
	}
	return page.Bytes()
}
