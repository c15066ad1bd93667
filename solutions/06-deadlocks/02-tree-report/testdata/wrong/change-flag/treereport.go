// caught by: tests in TestChangesThatWaitTogether
// Wrong: that changes wait is a flag and not a number. The first of two that is made clears it,
// and then the second waits for every report that comes.

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

// Tree knows the size of each file, and of each directory how much and how many files are in it.
type Tree struct {
	mu      sync.Mutex // guards the rest
	cond    *sync.Cond // reports or changes have changed
	reports int        // that are being written
	waits   bool       // a change waits for them
	files   map[string]int64
	dirs    map[string]dir
}

type dir struct {
	size  int64
	files int
}

func New() *Tree {
	t := &Tree{files: map[string]int64{}, dirs: map[string]dir{".": {}}}
	t.cond = sync.NewCond(&t.mu)
	return t
}

// beginChange returns with mu held, when no report is being written.
func (t *Tree) beginChange() {
	t.mu.Lock()
	t.waits = true
	for t.reports > 0 {
		t.cond.Wait()
	}
}

func (t *Tree) endChange() {
	t.waits = false
	t.cond.Broadcast()
	t.mu.Unlock()
}

// beginReport waits for the changes that wait, so that they do not wait forever.
func (t *Tree) beginReport() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.waits {
		t.cond.Wait()
	}
	t.reports++
}

func (t *Tree) endReport() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reports--
	t.cond.Broadcast()
}

// change adds to all directories of a file. The caller holds mu.
func (t *Tree) change(path string, size int64, files int) {
	for at := path; at != "."; {
		if i := strings.LastIndexByte(at, '/'); i >= 0 {
			at = at[:i]
		} else {
			at = "."
		}
		d := t.dirs[at]
		d.size += size
		d.files += files
		if d.files == 0 && at != "." {
			delete(t.dirs, at)
		} else {
			t.dirs[at] = d
		}
	}
}

func (t *Tree) Put(path string, size int64) {
	t.beginChange()
	defer t.endChange()
	if old, found := t.files[path]; found {
		t.change(path, size-old, 0)
	} else {
		t.change(path, size, 1)
	}
	t.files[path] = size
}

func (t *Tree) Remove(path string) {
	t.beginChange()
	defer t.endChange()
	if size, found := t.files[path]; found {
		delete(t.files, path)
		t.change(path, -size, -1)
		return
	}
	if _, found := t.dirs[path]; !found {
		return
	}
	for file, size := range t.files {
		if path == "." || strings.HasPrefix(file, path+"/") {
			delete(t.files, file)
			t.change(file, -size, -1)
		}
	}
}

func (t *Tree) Size(path string) int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if size, found := t.files[path]; found {
		return size
	}
	return t.dirs[path].size
}

// Report copies the sizes, so that w holds up no other call.
func (t *Tree) Report(w io.Writer) error {
	t.beginReport()
	defer t.endReport()
	dirs := t.dirs // nothing changes until it is written
	for _, path := range slices.Sorted(maps.Keys(dirs)) {
		if _, err := fmt.Fprintf(w, "%d\t%s\n", dirs[path].size, path); err != nil {
			return fmt.Errorf("report of %s: %w", path, err)
		}
	}
	return nil
}
