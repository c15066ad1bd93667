// Package kept lays out files in a folder of the user's cache that is named by what it
// holds. A folder's name is part of the build cache's keys, so what is compiled from there
// is compiled once, not once per grading. Nothing in such a folder is trusted before it has
// been compared with what it should hold.
package kept

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Dir returns the folder that holds just these files, whose names are slash paths,
// and lays it out if it is not there yet. Where there is no place for it, ok is false.
func Dir(name string, files map[string]string) (dir string, ok bool) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", false
	}
	dir = filepath.Join(cache, "heisenkata", name+"-"+nameOf(files))
	return dir, Holds(dir, files) || Put(dir, files) == nil && Holds(dir, files)
}

// nameOf names files by their content.
func nameOf(files map[string]string) string {
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s %d\n%s", name, len(files[name]), files[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Holds reports whether a folder holds just these files.
func Holds(dir string, files map[string]string) bool {
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
		if want, ok := files[filepath.ToSlash(rel)]; err == nil && (!ok || !d.Type().IsRegular() || want != string(text)) {
			err = fs.ErrInvalid
		}
		return err
	})
	return err == nil && found == len(files)
}

// Put writes files to a folder beside the one meant, and then gives it its name, so that no
// process sees half of them.
func Put(dir string, files map[string]string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), "new-")
	if err != nil {
		return err
	}
	err = writeAll(tmp, files)
	if err == nil {
		err = os.Chmod(tmp, 0o755)
	}
	if err == nil {
		err = os.Rename(tmp, dir) // fails if another was first, or something else is there
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(tmp))
	}
	return nil
}

func writeAll(dir string, files map[string]string) error {
	for name, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(at, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
