// caught by: tests or race in TestReportsDuringConstantChange
// Wrong: a report is prepared in pieces of 4,096 lines, each of its own moment.

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

// chunk is how many lines Report prepares at a time.
const chunk = 4096

// Report writes a line for each directory: its size, a tab and its path. It holds no lock while it
// writes.
func (t *Tree) Report(w io.Writer) error {
	page, dirs := t.page(nil)
	for {
		if _, err := w.Write(page); err != nil {
			return err
		}
		if len(dirs) == 0 {
			return nil
		}
		page, dirs = t.page(dirs)
	}
}

// page returns the next lines, and the directories that are left. Without any, it begins with all.
func (t *Tree) page(dirs []string) (page []byte, left []string) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if dirs == nil {
		dirs = t.directoriesLocked()
	}
	sizes := map[string]int64{}
	for file, size := range t.files {
		sizes["."] += size
		for i, char := range file {
			if char == '/' {
				sizes[file[:i]] += size
			}
		}
	}
	n := min(chunk, len(dirs))
	for _, dir := range dirs[:n] {
		page = fmt.Appendf(page, "%d\t%s\n", sizes[dir], dir)
	}
	return page, dirs[n:]
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
