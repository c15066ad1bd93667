package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"heisenkata/grader/internal/run"
)

// fetchTime bounds the download of what the exercises import, some 20 MB.
const fetchTime = 10 * time.Minute

// ErrNoModules says that modules which the exercises import are not on this
// machine and cannot be fetched.
var ErrNoModules = errors.New("modules that the exercises import are not on this machine, and could not be fetched")

// Fetch makes sure that packages, and all that they import, are on this machine.
// What is built later is built in a sandbox without a network, so this comes
// before. It asks the go command offline first. Only if something is missing does
// it go to the network, with the caller's own settings, and tells each of the
// modules that it fetches.
//
// It does not ask for what was there the last time, and is still there.
func (tc *Toolchain) Fetch(ctx context.Context, packages []string, tell func(what string)) error {
	s := tc.stamp("modules", packages, sumsOf(tc.root))
	if there, ok := s.made(); ok {
		tc.Packages = len(there)
		return nil
	}
	if err := tc.fetch(ctx, packages, tell); err != nil {
		return err
	}
	s.keep(tc.found)
	return nil
}

func (tc *Toolchain) fetch(ctx context.Context, packages []string, tell func(what string)) error {
	if r, err := tc.find(ctx, packages, nil, "GOPROXY=off"); err != nil || r.ExitCode == 0 && !r.TimedOut {
		return err
	}
	tell("modules")
	r, err := tc.find(ctx, packages, downloads(tell))
	switch {
	case err != nil:
		return err
	case r.TimedOut:
		return fmt.Errorf("%w within %s; %s", ErrNoModules, fetchTime, tc.advice())
	case r.ExitCode != 0:
		if err := tc.able(ctx); err != nil {
			return err
		}
		return fmt.Errorf("%w; %s. The go command says:\n%s", ErrNoModules, tc.advice(), lastLines(r.Output, 5))
	}
	return nil
}

// able reports whether the go command can look for any package at all, for which it
// needs no network.
func (tc *Toolchain) able(ctx context.Context) error {
	r, err := tc.find(ctx, []string{"fmt"}, nil, "GOPROXY=off")
	if err == nil && r.ExitCode != 0 {
		err = fmt.Errorf("`go list` lacks something: %s; see that GOCACHE (%s) can be written to and has room, and grade again", lastLines(r.Output, 2), tc.settings["GOCACHE"])
	}
	return err
}

// advice is what to do if modules cannot be fetched.
func (tc *Toolchain) advice() string {
	return fmt.Sprintf("connect this machine to the network, or set GOPROXY to a proxy that it reaches; see that %s can be written to; then run `go mod download` once in %s, and grade again",
		tc.settings["GOMODCACHE"], tc.root)
}

// find has the go command look for packages in the official tree, with the
// caller's environment and settings of its own.
func (tc *Toolchain) find(ctx context.Context, packages []string, stderr io.Writer, settings ...string) (run.Result, error) {
	found := bytes.NewBufferString("modules\t" + filepath.Join(tc.settings["GOMODCACHE"], "cache", "download") + "\n")
	r, err := run.Run(ctx, run.Command{
		Path: tc.goTool, Args: slices.Concat([]string{"list", tc.mod(), "-deps", "-f", "{{.ImportPath}}\t{{.Dir}}", "--"}, packages),
		Env: slices.Concat(os.Environ(), []string{"GOTOOLCHAIN=local", "GOWORK=off"}, settings), Dir: tc.root, Timeout: fetchTime,
		Stdout: found, Stderr: stderr,
	})
	tc.found = found.Bytes()
	tc.Packages = len(placed(tc.found))
	if err == nil && r.Killed() {
		err = errors.New("it was ended by another process")
	}
	if err != nil {
		return r, fmt.Errorf("`go list`, to find the modules that the exercises import: %w; is there enough memory? Close what takes it, and grade again", err)
	}
	return r, nil
}

// mod says where modules come from.
func (tc *Toolchain) mod() string {
	if tc.Vendored() {
		return "-mod=vendor"
	}
	return "-mod=readonly"
}

// Vendored reports whether the official tree carries its modules with it.
func (tc *Toolchain) Vendored() bool {
	_, err := os.Stat(filepath.Join(tc.root, "vendor", "modules.txt"))
	return err == nil
}

var downloading = regexp.MustCompile(`^go: downloading (\S+ \S+)$`)

// downloads tells of each module as the go command says that it fetches it.
func downloads(tell func(what string)) io.Writer {
	return &lines{tell: func(line string) {
		if m := downloading.FindStringSubmatch(line); m != nil {
			tell(m[1])
		}
	}}
}

var packageName = regexp.MustCompile(`^[\w./~-]+$`)

// compiled tells of each package as `go build -v` says that it compiles it.
func compiled(tell func(name string)) io.Writer {
	return &lines{tell: func(line string) {
		if packageName.MatchString(line) {
			tell(line)
		}
	}}
}

// lines tells of each line that is written to it.
type lines struct {
	tell func(line string)
	rest []byte // a line that has not ended
}

func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, whole := bytes.Cut(l.rest, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.rest = rest
		l.tell(strings.TrimSpace(string(line)))
	}
}
