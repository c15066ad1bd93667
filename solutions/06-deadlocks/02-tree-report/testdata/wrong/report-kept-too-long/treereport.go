// caught by: explore in TestSchedulePutDuringReport
// Wrong: a report is kept for those that ask next. A change forgets it only when the lock is free again,
// so that Size shows the change, and the next report does not.

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
	"sync/atomic"
)

// Tree is an index of files and their sizes in bytes.
type Tree struct {
	mu    sync.RWMutex // guards files
	files map[string]int64

	rendered atomic.Pointer[string] // the report of files, or nil if they have changed
}

// New returns a Tree without files.
func New() *Tree { return &Tree{files: map[string]int64{}} }

// Put adds a file, or gives it another size.
func (t *Tree) Put(path string, size int64) {
	defer t.rendered.Store(nil)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.files[path] = size
}

// Remove removes a file, or a directory with all files in it and below it.
func (t *Tree) Remove(path string) {
	defer t.rendered.Store(nil)
	t.mu.Lock()
	defer t.mu.Unlock()
	for file := range t.files {
		if isIn(file, path) {
			delete(t.files, file)
		}
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
	text := t.rendered.Load()
	if text == nil {
		text = t.render()
	}
	_, err := io.WriteString(w, *text)
	return err
}

// render returns the report, and keeps it for those that ask next.
func (t *Tree) render() *string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	text := t.renderLocked()
	t.rendered.Store(&text)
	return &text
}

// renderLocked returns the report. The caller holds mu.
func (t *Tree) renderLocked() string {
	sizes := map[string]int64{".": 0}
	for file, size := range t.files {
		sizes["."] += size
		for i, char := range file {
			if char == '/' {
				sizes[file[:i]] += size
			}
		}
	}
	var text strings.Builder
	for _, dir := range slices.Sorted(maps.Keys(sizes)) {
		fmt.Fprintf(&text, "%d\t%s\n", sizes[dir], dir)
	}
	return text.String()
}

// isIn reports whether path is the file, or a directory that the file is in or below.
func isIn(file, path string) bool {
	return path == "." || file == path || strings.HasPrefix(file, path+"/")
}
