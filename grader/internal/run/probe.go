package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"heisenkata/grader/internal/sandbox"
	"heisenkata/grader/internal/scratch"
)

// Probe finds out how well the sandbox protects this machine: a program of ours
// tries in it what no fix must be able to do.
func Probe(ctx context.Context) (p sandbox.Protection, err error) {
	if !sandbox.Exists {
		return sandbox.Unprotected, nil
	}
	dir, err := scratch.New()
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, dir.Remove()) }()
	inside, outside := filepath.Join(dir.Path, "inside"), filepath.Join(dir.Path, "outside")
	if err := os.Mkdir(inside, 0o755); err != nil {
		return p, err
	}
	if err := os.WriteFile(outside, []byte("not for you\n"), 0o600); err != nil {
		return p, err
	}
	self, err := os.Executable()
	if err != nil {
		return p, err
	}
	r, err := Run(ctx, Command{
		Path: self, Args: sandbox.ProbeArgs(inside, outside), Dir: inside, Timeout: probeTime,
		Sandbox: &sandbox.Rules{Run: []string{self}, Write: []string{inside}, FileSize: sandbox.ProbeFileSize, CPU: 10, OpenFiles: 64},
	})
	if err != nil {
		return p, err
	}
	return sandbox.ReadProbe(r.Output)
}

// probeTime bounds a probe, which takes some milliseconds.
const probeTime = 30 * time.Second
