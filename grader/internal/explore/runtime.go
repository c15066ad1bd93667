package explore

import (
	"embed"
	"io/fs"
	"path/filepath"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
	"heisenkata/grader/internal/kept"
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
// compiled once and not for each exploration. Where there is no such place it goes
// to the staging folder.
func (s *Session) putRuntime() error {
	files, err := runtimeSource()
	if err != nil {
		return err
	}
	var ok bool
	if s.runtime, ok = kept.Dir("rt", files); ok {
		return nil
	}
	s.runtime = filepath.Join(s.dir, "rt")
	return kept.Put(s.runtime, files)
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
