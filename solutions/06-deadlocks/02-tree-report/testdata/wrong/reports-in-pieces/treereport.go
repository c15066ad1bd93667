// caught by: tests in TestReportsDuringConstantChange
// Wrong: with more than 2,048 directories the lock is free between two parts of a report, and its
// lines show two trees.

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
// No call waits for w.
func (t *Tree) Report(w io.Writer) error {
	for after, more := "", true; more; {
		var text []byte
		text, after, more = t.text(after)
		if _, err := w.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// atOnce is how many lines are written together.
const atOnce = 2048

// text returns some lines, those of the directories that come after one, the last of these
// directories, and whether there may be more.
func (t *Tree) text(after string) (text []byte, last string, more bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	sizes := t.sizesLocked()
	dirs := slices.Sorted(maps.Keys(sizes))
	if i, is := slices.BinarySearch(dirs, after); is {
		dirs = dirs[i+1:]
	} else {
		dirs = dirs[i:]
	}
	if more = len(dirs) > atOnce; more {
		dirs = dirs[:atOnce]
	}
	for _, last = range dirs {
		text = fmt.Appendf(text, "%d\t%s\n", sizes[last], last)
	}
	return text, last, more
}

// sizesLocked returns the sizes of all directories. The caller holds mu.
func (t *Tree) sizesLocked() map[string]int64 {
	sizes := map[string]int64{".": 0}
	for file, size := range t.files {
		sizes["."] += size
		for i, char := range file {
			if char == '/' {
				sizes[file[:i]] += size
			}
		}
	}
	return sizes
}

// isIn reports whether path is the file, or a directory that the file is in or below.
func isIn(file, path string) bool {
	return path == "." || file == path || strings.HasPrefix(file, path+"/")
}
