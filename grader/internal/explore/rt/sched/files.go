package sched

import (
	"os"
	"path/filepath"
)

// leftFiles is the folder for temporary files, if it is the process's own: what a schedule
// leaves there, the next one does not find.
type leftFiles struct {
	dir  string // "" if it is not
	keep map[string]bool
}

// before is called before each schedule. What is there before the first one is TestMain's.
func (l *leftFiles) before() {
	if l.dir == "" {
		return
	}
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return // a test has removed it, or may not read it
	}
	first := l.keep == nil
	if first {
		l.keep = map[string]bool{}
	}
	for _, e := range entries {
		if first {
			l.keep[e.Name()] = true
		} else if !l.keep[e.Name()] {
			_ = os.RemoveAll(filepath.Join(l.dir, e.Name())) // if it stays, the test says so
		}
	}
}

var temporary leftFiles
