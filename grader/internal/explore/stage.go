package explore

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// driverFor is the file that holds the driver.
const driverFor = "heisenkata_explore_test.go"

// layOut writes the runtime, copies of modules that lie in the module cache,
// where the go command accepts no overlay, and what makes one build of them all.
func (s *Session) layOut(ctx context.Context) error {
	if err := s.putRuntime(); err != nil {
		return err
	}
	if err := s.copyCached(); err != nil {
		return err
	}
	if err := s.putNetwork(); err != nil {
		return err
	}
	return s.putModule(ctx)
}

func writeFile(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o644)
}

// declare gives a module a go.mod if it has none, as old modules do: a replacement needs one.
func declare(dir, path string) error {
	name := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return writeFile(name, []byte("module "+path+"\n"))
}

// copyCached copies the modules in the module cache that are to be rewritten.
func (s *Session) copyCached() error {
	cache := s.env["GOMODCACHE"]
	for _, p := range s.packages {
		if !p.instrumented() || !strings.HasPrefix(p.Dir, cache+string(filepath.Separator)) || s.copies[p.Module.Dir] != "" {
			continue
		}
		to := filepath.Join(s.dir, "modules", fmt.Sprint(len(s.copies)))
		if err := os.CopyFS(to, os.DirFS(p.Module.Dir)); err != nil {
			return err
		}
		if err := errors.Join(writable(to), declare(to, p.Module.Path)); err != nil {
			return err
		}
		s.copies[p.Module.Dir] = to
	}
	return nil
}

// writable undoes the module cache's read-only modes.
func writable(root string) error {
	return filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if d.IsDir() {
			mode = 0o755
		}
		return os.Chmod(name, mode)
	})
}

// staged is where a file of the tree is built from: itself, or its copy.
func (s *Session) staged(name string) string {
	for from, to := range s.copies {
		if rest, ok := strings.CutPrefix(name, from+string(filepath.Separator)); ok {
			return filepath.Join(to, rest)
		}
	}
	return name
}

// put keeps the rewritten text of a file: in the overlay, or in the copy.
func (s *Session) put(name string, text []byte) error {
	if at := s.staged(name); at != name {
		return writeFile(at, text)
	}
	at := filepath.Join(s.dir, "files", fmt.Sprint(s.rewrote), filepath.Base(name))
	s.overlay[name] = at
	s.rewrote++
	return writeFile(at, text)
}

func (s *Session) putOverlay() error {
	text, err := json.Marshal(map[string]any{"Replace": s.overlay})
	if err != nil {
		return err
	}
	return writeFile(s.overlayFile(), text)
}

// read returns the text of a file of the tree as it is without us.
func (s *Session) read(name string) ([]byte, error) {
	return os.ReadFile(cmp.Or(s.Overlay[name], name))
}

func (s *Session) overlayFile() string { return filepath.Join(s.dir, "overlay.json") }

// putDriver adds the test by which a binary explores.
func (s *Session) putDriver(p *listed, name string) error {
	text := fmt.Sprintf("package %s\n\nimport (\n\t\"testing\"\n\n\tvtesting \"%s/vtesting\"\n)\n\nfunc %s(t *testing.T) { vtesting.Drive(t) }\n", name, moduleRT, wire.Driver)
	if s.networked {
		text = strings.Replace(text, "import (", fmt.Sprintf("import (\n\t\"net\"\n\tvnet \"%s/vnet\"", moduleRT), 1) + "\nfunc init() { vnet.Use(net.HeisenkataNetwork, &net.HeisenkataBeyond, &net.HeisenkataForgotten) }\n"
	}
	return s.put(filepath.Join(p.Dir, driverFor), []byte(text))
}

// putWorkspace writes a go.work with the main modules and the runtime. A
// workspace lets the main modules import the runtime with no change to any go.mod.
func (s *Session) putWorkspace(ctx context.Context) error {
	use := []string{s.runtime}
	version := whole(oldestRuntime)
	replaces := map[string]string{}
	for _, p := range s.packages {
		if p.Module == nil {
			continue
		}
		m := p.Module
		if m.Main {
			use = append(use, s.stagedDir(m.Dir))
			if v := whole(m.GoVersion); compareVersions(v, version) > 0 {
				version = v
			}
		} else if to := s.copies[m.Dir]; to != "" {
			replaces[m.Path] = to
		}
	}
	text := "go " + version + "\n\n" + s.settings() + "\n"
	slices.Sort(use)
	for _, dir := range slices.Compact(use) {
		text += fmt.Sprintf("use %q\n", dir)
	}
	for _, path := range slices.Sorted(maps.Keys(replaces)) {
		text += fmt.Sprintf("replace %s => %q\n", path, replaces[path])
	}
	theirs, err := s.theirReplaces(ctx, replaces)
	if err != nil {
		return err
	}
	return writeFile(s.workspace(), []byte(text+theirs))
}

// oldestRuntime is the language version of the runtime. To the go command it is
// older than 1.25.0, so a module of either may import it.
const oldestRuntime = "1.25"

// oldestDebug is the oldest version whose behaviour Go can still be asked for.
const oldestDebug = 20

// settings keep the runtime behaving as the main module's version of Go asks
// for; synctest needs timers without buffered channels.
func (s *Session) settings() string {
	for _, p := range s.packages {
		if p.Module != nil && p.Module.Main && compareVersions(p.Module.GoVersion, "1.25") < 0 {
			var minor int
			_, _ = fmt.Sscanf(p.Module.GoVersion, "1.%d", &minor)                                               // 0 where none is stated
			return fmt.Sprintf("godebug (\n\tdefault=go1.%d\n\tasynctimerchan=0\n)\n", max(minor, oldestDebug)) // older ones behave as this
		}
	}
	return ""
}

func (s *Session) workspace() string { return filepath.Join(s.dir, "go.work") }

func (s *Session) stagedDir(dir string) string {
	if to := s.copies[dir]; to != "" {
		return to
	}
	return dir
}

// theirReplaces are the replacements of the workspace that the caller is in.
func (s *Session) theirReplaces(ctx context.Context, ours map[string]string) (text string, err error) {
	file := s.env["GOWORK"]
	if file == "" || file == "off" {
		return "", nil
	}
	out, err := s.goRun(ctx, s.Env, "work", "edit", "-json", file)
	if err != nil {
		return "", err
	}
	var work struct {
		Use     []struct{ DiskPath string }
		Replace []struct {
			Old, New struct{ Path, Version string }
		}
	}
	if err := json.Unmarshal(out, &work); err != nil {
		return "", fmt.Errorf("`go work edit -json` answered something else: %w", err)
	}
	for _, r := range work.Replace {
		if ours[r.Old.Path] != "" {
			continue
		}
		to := r.New.Path
		if strings.HasPrefix(to, ".") {
			to = path.Join(filepath.ToSlash(filepath.Dir(file)), to)
		}
		text += strings.TrimRight(fmt.Sprintf("replace %s %s => %q %s", r.Old.Path, r.Old.Version, to, r.New.Version), " ") + "\n"
	}
	if sums, err := os.ReadFile(strings.TrimSuffix(file, ".work") + ".work.sum"); err == nil {
		return text, writeFile(s.workspace()+".sum", sums)
	}
	return text, nil
}

// whole is a version with its third part: to the go command, 1.25 is older than
// 1.25.0.
func whole(version string) string {
	if strings.Count(version, ".") == 1 && !strings.ContainsAny(version, "rb") {
		return version + ".0"
	}
	return version
}

// compareVersions compares versions such as 1.25 and 1.26.1.
func compareVersions(a, b string) int {
	var x, y [3]int
	_, _ = fmt.Sscanf(a, "%d.%d.%d", &x[0], &x[1], &x[2]) // missing parts are zero
	_, _ = fmt.Sscanf(b, "%d.%d.%d", &y[0], &y[1], &y[2])
	return slices.Compare(x[:], y[:])
}
