package build

import (
	"os"
	"path/filepath"
	"time"

	"heisenkata/grader/internal/run"
	"heisenkata/grader/internal/sandbox"
)

const (
	// primeTime limits the compilation of everything that exercises import. With a cold
	// cache that is much of the standard library: a minute or two.
	primeTime = 10 * time.Minute
	// fixTime is the default of Toolchain.FixTime. A step takes a second or two, but a
	// kilobyte of source code can keep the compiler busy for hours.
	fixTime = 90 * time.Second
	// memory limits what the go command and its child processes use together, in bytes.
	// Linking a race binary takes a tenth of it.
	memory = 3 << 30
	// maxGenerous is the largest number of processors on which compilers collect garbage
	// less often. That saves a sixth of their time: for net/http with the race detector
	// 84 s of processor time instead of 103. A compiler takes up to 360 MB instead of 250,
	// which is too much where many of them run.
	maxGenerous = 4
)

// rules are what a compiler may do: read and execute what is installed,
// write to the build cache and to dirs, and start processes of its kind. It
// has no network.
func (tc *Toolchain) rules(dirs ...string) *sandbox.Rules {
	return &sandbox.Rules{
		Run: []string{"/"}, Write: existing(append(dirs, tc.settings["GOCACHE"])), Spawn: true,
		FileSize: 1 << 30, Space: 8 << 30, CPU: uint64(primeTime/time.Second) * 4, OpenFiles: 4096,
	}
}

// Confine puts a run of the go command into the sandbox for compilers. It may write to
// those dirs that exist.
func (tc *Toolchain) Confine(c *run.Command, dirs ...string) {
	c.Sandbox, c.Limits = tc.rules(dirs...), limits
}

// existing creates missing folders, and returns those that exist then.
func existing(dirs []string) (kept []string) {
	for _, dir := range dirs {
		if filepath.IsAbs(dir) && os.MkdirAll(dir, 0o755) == nil {
			kept = append(kept, dir)
		}
	}
	return kept
}

var limits = run.Limits{Memory: memory}
