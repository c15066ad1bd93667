package build

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/kept"
)

// overlayFile says in a staging what is laid over the folder that all share.
const overlayFile = "overlay.json"

// share has the go command see the module in a folder that all fixes of this user
// share: what supports the tests is then compiled and vetted for the first of them
// alone. The exercise's files, the fix among them, stay in this staging and are laid
// over that folder. Where there is no place for one, or where modules come with the
// tree, all of it stays here.
func (st *Staging) share() error {
	if st.tc.Vendored() {
		return nil
	}
	files, err := st.supporting()
	if err != nil {
		return err
	}
	root, ok := kept.Dir("tree", files)
	if !ok || os.MkdirAll(filepath.Join(root, filepath.FromSlash(st.exercise.Dir)), 0o755) != nil {
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
	text, err := json.Marshal(map[string]any{"Replace": st.Overlay})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(st.Dir, overlayFile), text, 0o644)
}

// over adds to a go command what is laid over Root.
func (st *Staging) over(args []string) []string {
	if st.Overlay == nil {
		return args
	}
	return slices.Insert(slices.Clone(args), 1, "-overlay="+filepath.Join(st.Dir, overlayFile))
}
