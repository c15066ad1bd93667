// Package recall keeps the results of gradings between runs, in the user's cache: one
// small file for each, named by everything that it depends on. So an edit invalidates
// the gradings that it affects, and a change of the grader all of them. What is kept is
// worth as much as the user's own word: a score that others rely on never comes from
// here.
package recall

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/kata"
)

// Memory is a folder of remembered results. A nil Memory remembers nothing.
type Memory struct {
	dir   string
	base  []byte
	root  string
	trees sync.Map // exercise directory → func() []byte, its sum
}

// unused is for how long something that no run asks for is kept.
const unused = 60 * 24 * time.Hour

// Open opens the user's memory of one kind, and forgets what was not used for two months.
// settings is what else the gradings depend on: the version of Go, the effort, the
// protection. It returns nil where there is no place for a memory.
func Open(k kata.Kata, kind, settings string) *Memory {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	program, err := sumOfProgram()
	if err != nil {
		return nil
	}
	m := &Memory{dir: filepath.Join(cache, "heisenkata", kind), root: k.Root}
	if os.MkdirAll(m.dir, 0o755) != nil {
		return nil
	}
	h := sha256.New()
	fmt.Fprintf(h, "%x\n%q\n", program, settings)
	for _, shared := range []string{"go.mod", "go.sum", "exercises/internal"} {
		fmt.Fprintf(h, "%x\n", m.sumOfTree(shared))
	}
	m.base = h.Sum(nil)
	m.forget(time.Now().Add(-unused))
	return m
}

// sumOfProgram is the sum of this grader's own executable.
func sumOfProgram() ([]byte, error) {
	name, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it is only read
	h := sha256.New()
	_, err = io.Copy(h, f)
	return h.Sum(nil), err
}

// sumOfTree is the sum of all files of a folder, or of one file, with their names. What
// cannot be read is summed up as its error.
func (m *Memory) sumOfTree(name string) []byte {
	h := sha256.New()
	top := filepath.Join(m.root, filepath.FromSlash(name))
	err := filepath.WalkDir(top, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(file)
		fmt.Fprintf(h, "%s %d\n%s\n", strings.TrimPrefix(file, top), len(text), text)
		return err
	})
	fmt.Fprint(h, err)
	return h.Sum(nil)
}

// Key names something that depends on an exercise with these files, and on nothing else but
// what it is.
func (m *Memory) Key(e kata.Exercise, files map[string][]byte, what string) string {
	if m == nil {
		return ""
	}
	tree, _ := m.trees.LoadOrStore(e.Dir, sync.OnceValue(func() []byte { return m.sumOfTree(e.Dir) }))
	h := sha256.New()
	fmt.Fprintf(h, "%x\n%x\n%s\n", m.base, tree.(func() []byte)(), what)
	for _, file := range e.Files {
		fmt.Fprintf(h, "%s %d\n%s\n", file, len(files[file]), files[file])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Recall fills in what is remembered under a key, if anything is.
func (m *Memory) Recall(key string, into any) bool {
	if m == nil {
		return false
	}
	name := filepath.Join(m.dir, key)
	text, err := os.ReadFile(name)
	if err != nil || json.Unmarshal(text, into) != nil {
		return false
	}
	now := time.Now()
	_ = os.Chtimes(name, now, now) // or it is forgotten too early
	return true
}

// Keep remembers something, or forgets it if it no longer holds. If it cannot be written,
// the next run starts anew.
func (m *Memory) Keep(key string, what any, holds bool) {
	switch {
	case m == nil:
	case holds:
		m.write(filepath.Join(m.dir, key), what)
	default:
		_ = os.Remove(filepath.Join(m.dir, key)) // mostly, there is none
	}
}

func (m *Memory) write(name string, what any) {
	text, err := json.Marshal(what)
	if err != nil {
		return
	}
	f, err := os.CreateTemp(m.dir, "new-")
	if err != nil {
		return
	}
	_, err = f.Write(text)
	if closeErr := f.Close(); err != nil || closeErr != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}

// forget removes what was last asked for before a time.
func (m *Memory) forget(before time.Time) {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.ModTime().Before(before) {
			_ = os.Remove(filepath.Join(m.dir, entry.Name())) // the next run tries again
		}
	}
}
