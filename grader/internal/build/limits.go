package build

import (
	"os"
	"path/filepath"
	"time"

	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/sandbox"
)

const (
	// primeTime bounds the compilation of what all exercises import. With a cold
	// cache that is much of the standard library: a minute or two.
	primeTime = 10 * time.Minute
	// fixTime is Toolchain.FixTime unless told otherwise. A step takes a second or
	// two; a source of one kilobyte can keep the compiler busy for hours.
	fixTime = 90 * time.Second
	// memory bounds what the go command and all that it starts hold at once, in
	// bytes. Linking a race binary takes a tenth of it.
	memory = 3 << 30
)

// rules are what a compiler may do: read and execute what is installed, write
// into the build cache and the folders named, and start others of its kind. It
// has no network.
func (tc *Toolchain) rules(dirs ...string) *sandbox.Rules {
	return &sandbox.Rules{
		Run: []string{"/"}, Write: existing(append(dirs, tc.settings["GOCACHE"])), Spawn: true,
		FileSize: 1 << 30, Space: 8 << 30, CPU: uint64(primeTime/time.Second) * 4, OpenFiles: 4096,
	}
}

// Confine puts a run of the go command into the sandbox of compilers. It may write
// into dirs, where they exist.
func (tc *Toolchain) Confine(c *run.Command, dirs ...string) {
	c.Sandbox, c.Limits = tc.rules(dirs...), limits
}

// existing makes the folders that are not there yet, and keeps those that are.
func existing(dirs []string) (kept []string) {
	for _, dir := range dirs {
		if filepath.IsAbs(dir) && os.MkdirAll(dir, 0o755) == nil {
			kept = append(kept, dir)
		}
	}
	return kept
}

var limits = run.Limits{Memory: memory}
