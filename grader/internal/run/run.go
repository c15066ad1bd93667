// Package run starts one process, watches it and ends all that is left of it: in a sandbox,
// with a deadline of its own, bounded memory, disk and output. It does not know what the
// process is for.
package run

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"heisenkata/grader/internal/sandbox"
)

// Command is a process to run.
type Command struct {
	Path    string
	Args    []string // without the program's name
	Env     []string // all of the environment; nothing is inherited
	Dir     string
	Timeout time.Duration
	// Enough, if set, is asked again and again whether the process has had enough
	// time, of a processor and of the clock: then it is out of time as well. Where
	// the system does not tell how much processor time it has taken, that is 0.
	Enough func(cpu, wall time.Duration) bool
	// Stdout, if set, gets all of the standard output; Result.Output is then the
	// standard error's.
	Stdout io.Writer
	// Stderr, if set, gets the standard error as it comes, in addition.
	Stderr io.Writer
	// Started, if set, is called once the process runs.
	Started func(*Running)
	// MaxSleep is for how long the process may sleep on its way. Only one that sleeps
	// longer as its Timeout is over is Result.Asleep.
	MaxSleep time.Duration
	// Quit asks a Go program that is out of time for a dump of its goroutines
	// before it is killed.
	Quit bool
	// Sandbox says what the process may do; nil: all that the grader may.
	Sandbox *sandbox.Rules
	// Limits are watched while it runs, as far as the system lets us see.
	Limits Limits
}

// Limits bound a process and all below it. Zero means no limit.
type Limits struct {
	Memory  int64 // resident, in bytes
	Threads int
	Disk    int64 // in the folders that the sandbox lets it write, in bytes
	Files   int   // in those folders
}

// Result is how a process ended.
type Result struct {
	ExitCode int    // -1 if a signal ended it
	Signal   string // the signal that ended it, if one did
	Output   []byte // stdout and stderr, in order, at most OutputCap bytes
	TimedOut bool   // it had to be ended, since its time was up
	Spent    bool   // by Command.Enough
	Stopped  bool   // and was at a stop then, as by SIGSTOP: nothing of ours does that
	Asleep   bool   // and every thread of it slept, so that more time of a processor is no help
	Exceeded string // the limit for which it had to be ended: memory, threads, disk or files
	CPU      time.Duration
	Wall     time.Duration
}

// Killed reports whether the process was ended or stopped from outside: neither by us nor
// by a limit of its own. On Linux the cause is mostly a machine that is out of memory,
// whose watchdogs ask first, or a shutdown.
func (r Result) Killed() bool {
	return r.Stopped || slices.Contains(fromOutside, r.Signal) && !r.TimedOut && r.Exceeded == ""
}

// fromOutside are the signals with which people and systems end a process.
var fromOutside = []string{"killed", "terminated", "interrupt", "hangup"}

var endedBelow = regexp.MustCompile(`signal: (?:killed|terminated|interrupt|hangup)`)

// KilledBelow reports whether the process says, in the words of Go programs, that
// one that it had started was ended from outside.
func (r Result) KilledBelow() bool { return endedBelow.Match(r.Output) }

const (
	// OutputCap bounds what is kept of a process's output, in bytes.
	OutputCap = 1 << 20
	// dumpTime is how long a process may take to print its goroutines.
	dumpTime = 3 * time.Second
	// pipeTime is how long its descendants may keep its output open after it.
	pipeTime = 2 * time.Second
	// sweepTime is how long it may take to end all that it has started.
	sweepTime = 10 * time.Second
)

// Run runs c to its end. Whatever it started is gone when Run returns, as far as
// the system lets us find it. The error says that it could not be run, or that
// ctx ended; a process that fails is a Result.
func Run(ctx context.Context, c Command) (Result, error) {
	if err := ctx.Err(); err != nil {
		return Result{}, err
	}
	p, err := start(c)
	if err != nil {
		return Result{}, fmt.Errorf("starting %s: %w", c.Path, err)
	}
	if c.Started != nil {
		c.Started(&Running{p})
	}
	r := Result{}
	err = p.supervise(ctx, &r)
	p.end()
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	if err != nil {
		return Result{}, fmt.Errorf("running %s: %w", c.Path, err)
	}
	if err := p.tell(&r); err != nil {
		return Result{}, fmt.Errorf("starting %s: %w", c.Path, err)
	}
	return r, nil
}

// supervise waits for the process, and ends it when its time is up, when it
// exceeds a limit or when ctx ends.
func (p *process) supervise(ctx context.Context, r *Result) error {
	deadline := time.NewTimer(p.command.Timeout)
	defer deadline.Stop()
	watch := newWatch(p)
	defer watch.stop()
	select {
	case err := <-p.ended:
		return err
	case <-ctx.Done():
	case r.Exceeded = <-watch.exceeded:
	case <-watch.spent:
		r.Spent = true
		return p.timeOut(ctx, r, watch, 0)
	case <-deadline.C:
		return p.timeOut(ctx, r, watch, p.command.MaxSleep)
	}
	return p.stop()
}

// timeOut ends a process whose time is up, once it has printed its goroutines. It may
// sleep for maxSleep without being called asleep.
func (p *process) timeOut(ctx context.Context, r *Result, watch *watch, maxSleep time.Duration) error {
	r.TimedOut, r.Stopped, r.Asleep = true, p.stopped(), p.asleep(maxSleep)
	if p.command.Quit && p.quit() {
		select {
		case err := <-p.ended:
			return err
		case <-ctx.Done():
		case <-watch.exceeded:
		case <-time.After(dumpTime):
		}
	}
	return p.stop()
}
