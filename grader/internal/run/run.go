// Package run starts one process, watches it and ends all of it: a deadline of
// its own, its own process group, a bounded output. It does not know what the
// process is for.
package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// Command is a process to run.
type Command struct {
	Path    string
	Args    []string // without the program's name
	Env     []string // all of the environment; nothing is inherited
	Dir     string
	Timeout time.Duration
	// Stdout, if set, gets all of the standard output; Result.Output is then the
	// standard error's.
	Stdout io.Writer
	// Quit asks a Go program that is out of time for a dump of its goroutines
	// before it is killed.
	Quit bool
}

// Result is how a process ended.
type Result struct {
	ExitCode int    // -1 if a signal ended it
	Signal   string // the signal that ended it, if one did
	Output   []byte // stdout and stderr, in order, at most OutputCap bytes
	TimedOut bool   // it had to be ended
	CPU      time.Duration
	Wall     time.Duration
}

const (
	// OutputCap bounds what is kept of a process's output, in bytes.
	OutputCap = 1 << 20
	// dumpTime is how long a process may take to print its goroutines.
	dumpTime = 3 * time.Second
	// pipeTime is how long its descendants may keep its output open after it.
	pipeTime = 2 * time.Second
)

// Run runs c to its end. Whatever it started in its process group is gone when
// Run returns. The error says that it could not be run, or that ctx ended; a
// process that fails is a Result.
func Run(ctx context.Context, c Command) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	out := &capped{limit: OutputCap}
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Env, cmd.Dir = c.Env, c.Dir
	cmd.Stdout, cmd.Stderr = out, out
	if c.Stdout != nil {
		cmd.Stdout = c.Stdout
	}
	cmd.WaitDelay = pipeTime
	isolate(cmd)
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return Result{}, fmt.Errorf("starting %s: %w", c.Path, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	r := Result{}
	err := supervise(ctx, cmd, c, ended, &r)
	killGroup(cmd)
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	if err != nil {
		return Result{}, err
	}
	r.Output, r.Wall = out.bytes(), time.Since(start)
	r.CPU = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	r.ExitCode, r.Signal = cmd.ProcessState.ExitCode(), signalName(cmd.ProcessState)
	return r, nil
}

// supervise waits for the process, and ends it when its time is up or ctx is.
func supervise(ctx context.Context, cmd *exec.Cmd, c Command, ended chan error, r *Result) error {
	deadline := time.NewTimer(c.Timeout)
	defer deadline.Stop()
	select {
	case err := <-ended:
		return ignoreExit(err)
	case <-ctx.Done():
	case <-deadline.C:
		r.TimedOut = true
		if c.Quit && quit(cmd) {
			select {
			case <-ended:
				return nil
			case <-ctx.Done():
			case <-time.After(dumpTime):
			}
		}
	}
	killGroup(cmd)
	<-ended
	return nil
}

// ignoreExit keeps only the errors that are not the process's own doing.
func ignoreExit(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) || errors.Is(err, exec.ErrWaitDelay) {
		return nil
	}
	return err
}
