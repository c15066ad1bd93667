package explore

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"
)

// Tests may write into their package's folder, where those that run at the same time meet
// what they write, and later schedules what they leave. So a finding is shown again in
// a copy of the folder as it was at first. Of what stands elsewhere there is no copy: one
// process at a time runs tests that name it.

const (
	maxFiles  = 2_000
	maxCopied = 20 << 20 // bytes
)

// contents are the files and folders below a folder, and when folders were last written to;
// nil if they are too many to copy, or too large.
func contents(dir string) map[string]time.Time {
	all, bytes := map[string]time.Time{}, int64(0)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		all[name] = time.Time{}
		switch {
		case d.IsDir():
			all[name] = info.ModTime()
		case d.Type().IsRegular():
			bytes += info.Size()
		}
		if len(all) > maxFiles || bytes > maxCopied {
			return errTooLarge
		}
		return nil
	})
	if err != nil {
		return nil
	}
	return all
}

// touched reports whether files or folders came or went since a folder had these contents.
func touched(dir string, since map[string]time.Time) bool {
	return since != nil && !maps.Equal(contents(dir), since)
}

var errTooLarge = errors.New("too large to copy")

// copyFolder copies those of a folder's contents that are given. What is neither a file nor
// a folder is left out.
func copyFolder(from, to string, given map[string]time.Time) error {
	return filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		_, wanted := given[name]
		switch {
		case err != nil:
			return err
		case !wanted && d.IsDir():
			return fs.SkipDir
		case !wanted:
			return nil
		}
		place := filepath.Join(to, name[len(from):])
		if d.IsDir() {
			return os.MkdirAll(place, 0o755)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(place, text, 0o644)
	})
}

// quotedPath is an absolute path in Go source, also one in a URL.
var quotedPath = regexp.MustCompile("[\"`](?:[a-z]+:)?(?://)?(/[^\"`\\s]+)[\"`]")

// namesSharedFiles reports whether a package's code names a file or a folder in a place where all
// programs may write, such as /tmp/server.sock. Tests that run at the same time meet there.
func (p *listed) namesSharedFiles() bool {
	return slices.ContainsFunc(slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles), func(name string) bool {
		text, err := os.ReadFile(filepath.Join(p.Dir, name))
		return err == nil && slices.ContainsFunc(quotedPath.FindAllSubmatch(text, -1), func(m [][]byte) bool { return inPublic(string(m[1])) })
	})
}

// inPublic reports whether the innermost folder that exists of those around a path may be written
// to by all.
func inPublic(path string) bool {
	for dir := filepath.Dir(filepath.Clean(path)); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil {
			return info.IsDir() && info.Mode().Perm()&0o002 != 0
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}
