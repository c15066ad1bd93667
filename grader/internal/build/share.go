package build

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/kept"
)

// overlayFile says in a staging what is laid over the folder that all share, and
// untestedFile what vet sees: no tests, and the fix as it was written.
const (
	overlayFile  = "overlay.json"
	untestedFile = "untested.json"
)

// share has the go command see the module in a folder that all fixes of this user
// share: what supports the tests is then compiled and vetted for the first of them
// alone. The exercise's files, the fix among them, stay in this staging and are laid
// over that folder. Where there is no place for one, or one that the race detector's
// settings cannot name, or where modules come with the tree, all of it stays here.
func (st *Staging) share() error {
	if st.tc.Vendored() {
		return nil
	}
	files, err := st.supporting()
	if err != nil {
		return err
	}
	root, ok := kept.Dir("tree", files)
	if !ok || strings.ContainsAny(root, " \t\n'\"") || os.MkdirAll(filepath.Join(root, filepath.FromSlash(st.exercise.Dir)), 0o755) != nil {
		return nil
	}
	return st.layOver(root, files)
}

// supporting are the files that have nothing to do with any exercise.
func (st *Staging) supporting() (map[string]string, error) {
	files := map[string]string{}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(st.Dir, name))
		if err != nil {
			return nil, err
		}
		files[name] = string(text)
	}
	internal := filepath.Join(st.Dir, "exercises", "internal")
	return files, filepath.WalkDir(internal, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(st.Dir, path)
		files[filepath.ToSlash(rel)] = string(text)
		return err
	})
}

// layOver lays the files of the exercise over a folder.
func (st *Staging) layOver(root string, files map[string]string) error {
	dir := filepath.FromSlash(st.exercise.Dir)
	entries, err := os.ReadDir(filepath.Join(st.Dir, dir))
	if err != nil {
		return err
	}
	st.Root, st.shared, st.Overlay = root, files, map[string]string{}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".go") {
			st.Overlay[filepath.Join(root, dir, e.Name())] = filepath.Join(st.Dir, dir, e.Name())
		}
	}
	return st.write(overlayFile, st.Overlay)
}

// layOverForVet says what is laid over Root for vet.
func (st *Staging) layOverForVet() error {
	untested := map[string]string{}
	for name, at := range st.Overlay {
		if !strings.HasSuffix(name, "_test.go") {
			untested[name] = at
		}
	}
	for name, at := range st.written {
		untested[filepath.Join(st.Root, name)] = at
	}
	return st.write(untestedFile, untested)
}

func (st *Staging) write(name string, overlay map[string]string) error {
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(st.Dir, name), text, 0o644)
}

// over adds to a go command what is laid over Root. What vet says of the tests is
// nothing to the fix, so it does not see them. The tests that are compiled have steps
// in them, and those that a learner's own command runs have not.
func (st *Staging) over(args []string) []string {
	name := overlayFile
	switch {
	case args[0] == "test" && slices.Contains(args, "-c"):
		name = steppedFile
	case args[0] == "vet":
		name = untestedFile
	case st.Overlay == nil:
		return args
	}
	return slices.Insert(slices.Clone(args), 1, "-overlay="+filepath.Join(st.Dir, name))
}
