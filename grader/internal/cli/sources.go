package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore"
	"heisenkata/grader/internal/kata"
)

// sources returns the text of a Go file that a report names, to be shown in the report;
// "" if there is none. A report may have a learner's names in it, so only ordinary Go files
// of a bounded size are read.
type sources = func(file string) string

// maxSource is how large a file may be, in bytes.
const maxSource = 1 << 20

// sourcesIn are the files of a grading: what a learner may change from the submission, all
// else from the official tree.
func sourcesIn(k kata.Kata, submission string) sources {
	return func(file string) string {
		name := filepath.FromSlash(file)
		if !filepath.IsLocal(name) {
			return ""
		}
		for _, e := range k.Exercises {
			if rest, ok := strings.CutPrefix(file, e.Dir+"/"); ok && slices.Contains(e.Files, rest) {
				return readSource(submission, name)
			}
		}
		return readSource(k.Root, name)
	}
}

// readSource reads a file below a root, and follows no link out of it.
func readSource(dir, name string) string {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return ""
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(name)
	if err != nil || !isSource(name, info) {
		return ""
	}
	text, _ := root.ReadFile(name) // then the page has the lines that ran
	return string(text)
}

func isSource(name string, info os.FileInfo) bool {
	return strings.HasSuffix(name, ".go") && info.Mode().IsRegular() && info.Size() <= maxSource
}

// sourcesOf are the files of an exploration, as it compiled them.
func sourcesOf(o explore.Options) sources {
	return func(file string) string {
		name := filepath.FromSlash(file)
		if !filepath.IsAbs(name) {
			name = filepath.Join(o.Dir, name)
		}
		whole, err := filepath.Abs(name)
		if instead := o.Overlay[whole]; err == nil && instead != "" {
			name = instead
		}
		info, err := os.Stat(name)
		if err != nil || !isSource(name, info) {
			return ""
		}
		text, _ := os.ReadFile(name) // then the page has the lines that ran
		return string(text)
	}
}
