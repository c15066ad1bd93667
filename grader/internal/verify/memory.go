package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/kata"
)

// Memory remembers between runs what verify has proven, in the user's cache: one small
// file a proof, named by everything that it depends on. So an edit costs the
// proofs that it concerns, and a change of the grader all of them. Only what was as
// claimed is remembered. A nil Memory remembers nothing.
type Memory struct {
	dir   string
	base  []byte
	root  string
	trees sync.Map // exercise directory → func() []byte, its sum
}

// unused is for how long a proof that no run asks for is kept.
const unused = 60 * 24 * time.Hour

// Remember opens the user's memory of proofs, and forgets those that were not asked for
// in two months. settings is what else a verdict depends on: the version of Go, the
// effort, the repetitions, the protection. It returns nil where there is no place
// for a memory.
func Remember(k kata.Kata, settings string) *Memory {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	program, err := sumOfProgram()
	if err != nil {
		return nil
	}
	m := &Memory{dir: filepath.Join(cache, "heisenkata", "proven"), root: k.Root}
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

// name names the proof of a claim about an exercise with these files.
func (m *Memory) name(e kata.Exercise, files map[string][]byte, claim string) string {
	tree, _ := m.trees.LoadOrStore(e.Dir, sync.OnceValue(func() []byte { return m.sumOfTree(e.Dir) }))
	h := sha256.New()
	fmt.Fprintf(h, "%x\n%x\n%s\n", m.base, tree.(func() []byte)(), claim)
	for _, file := range e.Files {
		fmt.Fprintf(h, "%s %d\n%s\n", file, len(files[file]), files[file])
	}
	return filepath.Join(m.dir, hex.EncodeToString(h.Sum(nil)[:16]))
}

// recall fills in what was proven under a name, if anything was.
func (m *Memory) recall(name string, proof any) bool {
	text, err := os.ReadFile(name)
	if err != nil || json.Unmarshal(text, proof) != nil {
		return false
	}
	now := time.Now()
	_ = os.Chtimes(name, now, now) // or it is forgotten too early
	return true
}

// keep remembers a proof, or forgets one that does not hold any more. If it cannot be
// written, the next run proves it again.
func (m *Memory) keep(name string, proof any, holds bool) {
	if !holds {
		_ = os.Remove(name) // mostly, there is none
		return
	}
	text, err := json.Marshal(proof)
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

// filesOf reads a variant's files. Grading tells of one that is missing.
func filesOf(k kata.Kata, v Variant) map[string][]byte {
	files := map[string][]byte{}
	for _, name := range v.Exercise.Files {
		text, err := os.ReadFile(filepath.Join(k.Root, filepath.FromSlash(path.Join(v.Dir, name))))
		if err == nil {
			files[name] = text
		}
	}
	return files
}
