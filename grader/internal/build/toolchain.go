// Package build turns an exercise and a fix of it into test binaries: a staging module
// that holds the official files and the learner's, a clean environment, and one
// compilation per kind. Compiler errors are findings; anything else that goes wrong is the
// grader's fault.
package build

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"heisenkata/grader/internal/run"
)

// Toolchain is the Go installation that compiles fixes.
type Toolchain struct {
	Version string        // "go1.26.8"
	FixTime time.Duration // bounds each step of building one fix
	// Packages is how many packages the exercises import, directly or not, as Fetch
	// has counted them.
	Packages int

	found    []byte // by Fetch: what it was asked for, and where that is
	goTool   string
	root     string // the official tree, where modules are fetched
	settings map[string]string
	exports  sync.Map // of Kind: what Exports returns
}

// The errors that mean the machine is not ready. Each says what to do.
var (
	ErrNoGo       = errors.New("no Go toolchain: `go` is not on the PATH; install Go 1.26 or later from https://go.dev/dl")
	ErrNoCompiler = errors.New("no C compiler: the race detector needs cgo; install one (Debian, Ubuntu: `apt install gcc`; Fedora: `dnf install gcc`; macOS: `xcode-select --install`), or set CC")
)

// settingNames are what Go is asked for, once, and then given back in an
// otherwise empty environment.
var settingNames = []string{"GOVERSION", "GOROOT", "GOPATH", "GOMODCACHE", "GOCACHE", "CC"}

// FindToolchain asks the Go on the PATH where it keeps its files. root is the official
// tree.
func FindToolchain(ctx context.Context, root string) (*Toolchain, error) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return nil, ErrNoGo
	}
	tc := &Toolchain{FixTime: fixTime, goTool: goTool, root: root}
	r, err := run.Run(ctx, run.Command{
		Path: goTool, Args: append([]string{"env", "-json"}, settingNames...),
		Env: append(os.Environ(), "GOTOOLCHAIN=local", "GOWORK=off"), Dir: root, Timeout: time.Minute,
	})
	if err != nil {
		return nil, fmt.Errorf("`go env`: %w; is there enough memory? Close what takes it, and grade again", err)
	}
	if r.Killed() {
		return nil, errors.New("`go env` was killed; is there enough memory? Close what takes it, and grade again")
	}
	if r.ExitCode != 0 {
		return nil, fmt.Errorf("`go env` failed; is the Go installation whole? %s", strings.TrimSpace(string(r.Output)))
	}
	if err := json.Unmarshal(r.Output, &tc.settings); err != nil {
		return nil, fmt.Errorf("`go env -json` answered something else: %w", err)
	}
	tc.Version = tc.settings["GOVERSION"]
	return tc, nil
}

// Settings are what the go command says about itself where it builds, as `go env` has
// them.
func (tc *Toolchain) Settings() map[string]string {
	all := map[string]string{"GOWORK": "off", "GOFLAGS": "", "GOOS": runtime.GOOS}
	maps.Copy(all, tc.settings)
	return all
}

// CheckCompiler reports whether race builds are possible here: on macOS they
// always are, elsewhere they need a C compiler.
func (tc *Toolchain) CheckCompiler() error {
	if runtime.GOOS == "darwin" {
		return nil
	}
	cc := strings.Fields(tc.settings["CC"])
	if len(cc) == 0 {
		return ErrNoCompiler
	}
	if _, err := exec.LookPath(cc[0]); err != nil {
		return fmt.Errorf("%w (looked for %q)", ErrNoCompiler, cc[0])
	}
	return nil
}

// passedOn is what a process needs of the caller's environment to find its
// system; the last line is Windows'.
var passedOn = []string{
	"PATH", "HOME",
	"SystemRoot", "USERPROFILE", "LOCALAPPDATA", "ProgramFiles", "PATHEXT",
}

// environment is the whole environment of a build: nothing of the caller's but
// the few places that Go needs, and no network.
func (tc *Toolchain) environment(kind Kind, tmp string) []string {
	env := []string{
		"GOENV=off", "GOFLAGS=", "GOWORK=off", "GOTOOLCHAIN=local", "GOPROXY=off", "GO111MODULE=on",
		"LC_ALL=C", "TMPDIR=" + tmp, "TMP=" + tmp, "TEMP=" + tmp, "GOTMPDIR=" + tmp,
		"CGO_ENABLED=" + kind.cgo(),
	}
	if runtime.NumCPU() <= maxGenerous {
		env = append(env, "GOGC=400")
	}
	for _, name := range settingNames[1:] {
		env = append(env, name+"="+tc.settings[name])
	}
	for _, name := range passedOn {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return env
}

func lastLines(out []byte, n int) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
