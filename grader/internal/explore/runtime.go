package explore

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// runtimeFiles is the runtime, as source: it is built into the binaries that
// explore, in a module of its own.
//
//go:embed rt
var runtimeFiles embed.FS

const (
	moduleRT = wire.Module
	pathRT   = "heisenkata/grader/internal/explore/rt/" // in this repository
)

// putRuntime lays out the runtime in a folder that keeps its name, so that it is
// compiled once and not for each exploration: a folder's name is part of what the
// build cache goes by. Where there is no such place it goes to the staging folder.
func (s *Session) putRuntime() error {
	files, err := runtimeSource()
	if err != nil {
		return err
	}
	s.runtime = filepath.Join(s.dir, "rt")
	if cache, err := os.UserCacheDir(); err == nil {
		kept := filepath.Join(cache, "heisenkata", "rt-"+nameOf(files))
		if same(kept, files) || putAll(kept, files) == nil && same(kept, files) {
			s.runtime = kept
			return nil
		}
	}
	return putAll(s.runtime, files)
}

// runtimeSource is the runtime's files as they are built, by path.
func runtimeSource() (map[string]string, error) {
	files := map[string]string{"go.mod": "module " + moduleRT + "\n\ngo " + oldestRuntime + "\n"}
	err := fs.WalkDir(runtimeFiles, "rt", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") || strings.Contains(name, "/testdata/") {
			return err
		}
		text, err := runtimeFiles.ReadFile(name)
		files[strings.TrimPrefix(name, "rt/")] = strings.ReplaceAll(string(text), pathRT, moduleRT+"/")
		return err
	})
	return files, err
}

// nameOf names files by their content.
func nameOf(files map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n%s", name, len(files[name]), files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// same tells whether a folder holds just these files.
func same(dir string, files map[string]string) bool {
	found := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		found++
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(name)
		if err == nil && (!d.Type().IsRegular() || files[filepath.ToSlash(rel)] != string(text)) {
			err = fs.ErrInvalid
		}
		return err
	})
	return err == nil && found == len(files)
}

// putAll writes files to a folder beside the one meant, and then gives it its
// name, so that nobody sees half of them.
func putAll(dir string, files map[string]string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := writeFile(filepath.Join(tmp, filepath.FromSlash(name)), []byte(text)); err != nil {
			return errors.Join(err, os.RemoveAll(tmp))
		}
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	if err := os.Rename(tmp, dir); err != nil {
		return errors.Join(err, os.RemoveAll(tmp)) // somebody else was first, or something else is there
	}
	return nil
}
