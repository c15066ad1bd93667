// Package scratch makes temporary folders that do not outlive a grader, however
// it ends: one that was killed leaves its folders behind, and the next one
// removes them. A lock tells a folder that is in use from one that is not.
package scratch

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// The names of the folders, once they are locked and before.
const (
	prefix   = "heisenkata-"
	unlocked = ".heisenkata-new-"
	lockName = ".lock"
)

// Dir is a temporary folder of this process.
type Dir struct {
	Path string
	lock *os.File
}

var sweep sync.Once

// attempts is how often a folder is made anew: another grader may remove one that
// is not locked yet.
const attempts = 3

// New makes a temporary folder. The first call removes those that graders left behind which
// no longer run.
func New() (*Dir, error) {
	sweep.Do(removeStale)
	d, err := create()
	for range attempts {
		if err == nil {
			break
		}
		d, err = create()
	}
	if err != nil {
		return nil, fmt.Errorf("no room for temporary files: %w; free some space, or set TMPDIR to where there is some", err)
	}
	return d, nil
}

// create locks a folder before it gives it the name by which others find it.
func create() (*Dir, error) {
	hidden, err := os.MkdirTemp("", unlocked)
	if err != nil {
		return nil, err
	}
	d := &Dir{Path: filepath.Join(filepath.Dir(hidden), prefix+strings.TrimPrefix(filepath.Base(hidden), unlocked))}
	if d.lock, err = os.OpenFile(filepath.Join(hidden, lockName), os.O_CREATE|os.O_RDWR, 0o600); err == nil {
		err = lock(d.lock)
	}
	if err == nil {
		err = os.Rename(hidden, d.Path)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(hidden))
	}
	d.Path, err = filepath.EvalSymlinks(d.Path)
	return d, err
}

// Remove removes the folder with all that is in it.
func (d *Dir) Remove() error {
	err := d.lock.Close() // before the removal: Windows removes no open file
	return errors.Join(err, os.RemoveAll(d.Path))
}

// removeStale removes folders of ours that no process holds. What cannot be removed
// is in a temporary folder, and no harm.
func removeStale() {
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		return
	}
	for _, e := range entries {
		path := filepath.Join(os.TempDir(), e.Name())
		if !e.IsDir() || !mine(path) {
			continue
		}
		if strings.HasPrefix(e.Name(), prefix) && stale(path) || strings.HasPrefix(e.Name(), unlocked) && !held(path) {
			_ = os.RemoveAll(path)
		}
	}
}

// held reports whether a process has locked a folder that has no name yet.
func held(path string) bool {
	_, err := os.Stat(filepath.Join(path, lockName))
	return err == nil && !stale(path)
}

// stale reports whether a folder was locked once and is no longer.
func stale(path string) bool {
	f, err := os.OpenFile(filepath.Join(path, lockName), os.O_RDWR, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return lock(f) == nil
}
