package submission

import (
	"errors"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"heisenkata/grader/internal/evidence"
	"heisenkata/grader/internal/kata"
)

// unreadable is what is said of a file that cannot be taken.
func unreadable(e kata.Exercise, name, why string) evidence.Finding {
	file := path.Join(e.Dir, name)
	return evidence.Finding{
		Verdict: evidence.Policy,
		Summary: file + " " + strings.Replace(why, "grader reset", "grader reset "+e.ID, 1),
		Meaning: "Nothing was built: this file is part of the exercise.",
		Places:  []evidence.Place{{File: file, Role: "here"}},
		Replay:  "go run ./grader run " + e.ID,
	}
}

// others lists the files in dir that would be compiled with those of a fix, and are none of it
// and no tests. A folder that cannot be read has none: its own files are missed first.
func others(tree *os.Root, e kata.Exercise, dir string) (names []string) {
	entries, _ := fs.ReadDir(tree.FS(), dir)
	context := build.Default
	context.JoinPath = path.Join
	context.OpenFile = func(name string) (io.ReadCloser, error) { return tree.Open(name) }
	for _, entry := range entries {
		name := entry.Name()
		if !entry.Type().IsRegular() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || slices.Contains(e.Files, name) {
			continue
		}
		if info, err := entry.Info(); err == nil && info.Size() <= MaxFileSize {
			if compiled, err := context.MatchFile(dir, name); err == nil && !compiled {
				continue // a constraint keeps it out
			}
		}
		names = append(names, name)
	}
	return names
}

// notTaken is what is said of a file that is none of the exercise's.
func notTaken(e kata.Exercise, name string) evidence.Finding {
	taken := strings.Join(e.Files, " and ")
	f := unreadable(e, name, "is not taken: a fix is "+taken+" alone")
	f.Meaning = "Nothing was built: where it is graded for points, code in this file would be missing."
	f.Advice = fmt.Sprintf("Move its code to %s, and remove the file.", taken)
	return f
}

// readFile returns a file's bytes, or why the learner must change it first.
// name is a slash path.
func readFile(tree *os.Root, name string) (data []byte, why string, err error) {
	info, why, err := look(tree, name)
	if why != "" || err != nil {
		return nil, why, err
	}
	return readSame(tree, name, info)
}

// readSame reads a file that was looked at: no other that came in its place.
func readSame(tree *os.Root, name string, info fs.FileInfo) (data []byte, why string, err error) {
	f, err := openFile(tree, filepath.FromSlash(name))
	if err != nil {
		why, err = theirs(name, err)
		return nil, why, err
	}
	defer f.Close()
	if now, err := f.Stat(); err != nil || !os.SameFile(info, now) {
		return nil, "was replaced while it was read; grade again when nothing writes to it", nil
	}
	data, err = io.ReadAll(io.LimitReader(f, MaxFileSize+1))
	if err != nil {
		return nil, "", fmt.Errorf("reading %s: %w", name, err)
	}
	return data, sizeProblem(int64(len(data))), nil
}

// look goes down to a file, folder by folder, and accepts no symbolic link on
// the way: os.Root keeps links from leading out of the checkout, and this one
// keeps them from leading to another file of it.
func look(tree *os.Root, name string) (info fs.FileInfo, why string, err error) {
	parts := strings.Split(name, "/")
	for i := range parts {
		at := path.Join(parts[:i+1]...)
		info, err = tree.Lstat(filepath.FromSlash(at))
		last := i == len(parts)-1
		switch {
		case err != nil:
			why, err = theirs(at, err)
			return nil, why, err
		case !last && info.Mode()&fs.ModeSymlink != 0:
			return nil, fmt.Sprintf("lies behind the symbolic link %s; put the folder itself there", at), nil
		case !last && !info.IsDir():
			return nil, fmt.Sprintf("is missing, because %s is no folder; restore it", at), nil
		}
	}
	return info, fileProblem(info), nil
}

func fileProblem(info fs.FileInfo) string {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return "is a symbolic link; put a regular file in its place"
	case !info.Mode().IsRegular():
		return "is not a regular file; put one in its place"
	}
	return sizeProblem(info.Size())
}

// theirs divides errors: what the learner's checkout lacks or does not allow is
// said to the learner, and all else, such as a broken disk, stays an error.
func theirs(name string, err error) (why string, other error) {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "is missing; `grader reset` brings the starter back", nil
	case errors.Is(err, fs.ErrPermission):
		return "may not be read; give the grader the right to, with chmod", nil
	case !errors.As(err, new(syscall.Errno)): // os.Root's own refusals are no system errors
		return "lies outside of the checkout; put the file itself there", nil
	}
	return "", fmt.Errorf("reading %s: %w", name, err)
}

func sizeProblem(size int64) string {
	switch {
	case size > MaxFileSize:
		return fmt.Sprintf("has %d bytes, more than the %d that a fix may have; a fix of this exercise is a few lines longer than the starter", size, MaxFileSize)
	case size == 0:
		return "is empty; `grader reset` brings the starter back"
	}
	return ""
}
