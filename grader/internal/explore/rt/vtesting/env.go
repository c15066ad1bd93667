package testing

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"unicode"
	"unsafe"

	"heisenkata/grader/internal/explore/rt/sched"
)

// What a test changes of the process has to be undone even if its schedule is
// given up half-way and its cleanups never run, or the next schedule is not the
// same.

// change is something to undo. Its address carries the happens-before edge from
// the goroutine that changed it.
type change struct {
	undo func()
	next *change
}

var changes struct {
	guard guard
	last  *change
}

// changed registers how to undo a change, at the end of the test or else by Restore.
func (t *T) changed(undo func()) {
	c := &change{undo: undo}
	noteChange(c)
	t.Cleanup(c.revert)
}

// Restore undoes what tests have changed of the process and could not undo, the
// last change first: environment, working directory and temporary directories.
// RunTop begins with it; the driver of the tests calls it after the last one.
func Restore() {
	for c := lastChange(); c != nil; c = lastChange() {
		c.revert()
	}
	if began != nil {
		began.restore()
	}
}

//go:norace
func noteChange(c *change) {
	sched.Release(unsafe.Pointer(c))
	changes.guard.lock()
	c.next = changes.last
	changes.last = c
	changes.guard.unlock()
}

//go:norace
func lastChange() *change {
	changes.guard.lock()
	defer changes.guard.unlock()
	return changes.last
}

func (c *change) revert() {
	dropChange(c)
	c.undo()
}

// dropChange takes a change from the list.
//
//go:norace
func dropChange(c *change) {
	changes.guard.lock()
	defer changes.guard.unlock()
	for at := &changes.last; *at != nil; at = &(*at).next {
		if *at == c {
			*at = c.next
			sched.Acquire(unsafe.Pointer(c))
			return
		}
	}
}

// denyParallelism panics if the test or one above it is parallel: what follows
// changes the whole process.
func (t *T) denyParallelism() {
	for p := t; p != nil; p = p.parent {
		if p.parallel {
			panic(parallelConflict)
		}
	}
	t.denyParallel = true
}

// Setenv sets an environment variable until the end of the test.
func (t *T) Setenv(key, value string) {
	t.denyParallelism()
	t.setenv(key, value)
}

func (t *T) setenv(key, value string) {
	before, had := os.LookupEnv(key)
	if err := os.Setenv(key, value); err != nil {
		t.Fatalf("cannot set environment variable: %v", err)
	}
	t.changed(func() {
		if had {
			_ = os.Setenv(key, before) // it could be set before
		} else {
			_ = os.Unsetenv(key)
		}
	})
}

// Chdir changes the working directory until the end of the test, and PWD with it.
func (t *T) Chdir(dir string) {
	t.denyParallelism()
	before, err := os.Getwd()
	if err == nil {
		err = os.Chdir(dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && runtime.GOOS != "plan9" {
		t.setPWD(dir)
	}
	t.changed(func() {
		if err := os.Chdir(before); err != nil {
			panic("testing.Chdir: " + err.Error())
		}
	})
}

// setPWD says in PWD which directory the working directory is now.
func (t *T) setPWD(dir string) {
	if !filepath.IsAbs(dir) {
		var err error
		if dir, err = os.Getwd(); err != nil {
			t.Fatal(err)
		}
	}
	t.setenv("PWD", dir)
}

// TempDir makes a directory that lasts until the end of the test.
func (t *T) TempDir() string {
	dir, err := t.makeTempDir()
	if err != nil {
		t.Fatalf("TempDir: %v", err)
	}
	return dir
}

func (t *T) makeTempDir() (string, error) {
	above, err := os.MkdirTemp(os.Getenv("GOTMPDIR"), fileName(t.name))
	if err != nil {
		return "", err
	}
	t.changed(func() {
		if err := os.RemoveAll(above); err != nil {
			t.Errorf("TempDir RemoveAll cleanup: %v", err)
		}
	})
	dir := filepath.Join(above, fmt.Sprintf("%03d", t.state.nextDir()))
	return dir, os.Mkdir(dir, 0o777)
}

// fileName is the part of a test's name that can be in a file's.
func fileName(name string) string {
	const allowed = "!#$%&()+,-.=@^_{}~ "
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || strings.ContainsRune(allowed, r) {
			return r
		}
		return -1
	}, name[:min(len(name), 64)])
}

// ArtifactDir makes a directory for the test's files, the same one at each call.
// It lasts until the end of the test: of a thousand schedules nothing is kept.
func (t *T) ArtifactDir() string {
	t.artifactOnce.Do(func() { t.artifactDir, t.artifactErr = t.makeTempDir() })
	if t.artifactErr != nil {
		t.Fatalf("ArtifactDir: %v", t.artifactErr)
	}
	return t.artifactDir
}
