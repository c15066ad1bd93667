package os

import (
	"context"
	"os"
	"os/exec"

	"heisenkata/grader/internal/explore/rt/sched"
)

// outOfReach ends a schedule in which a test starts a process: what that does is
// no schedule's to decide.
func outOfReach(name string) { sched.Report(sched.Unexplorable, "it starts a process: "+name) }

// Command stands for exec.Command.
func Command(name string, arg ...string) *exec.Cmd {
	return started(exec.Command(name, arg...))
}

// CommandContext stands for exec.CommandContext.
func CommandContext(ctx context.Context, name string, arg ...string) *exec.Cmd {
	return started(exec.CommandContext(ctx, name, arg...))
}

// started is the command. A program that was not found is none, and its command fails.
func started(c *exec.Cmd) *exec.Cmd {
	if c.Err == nil {
		outOfReach(c.Args[0])
	}
	return c
}

// StartProcess stands for os.StartProcess.
func StartProcess(name string, argv []string, attr *os.ProcAttr) (*os.Process, error) {
	outOfReach(name)
	return os.StartProcess(name, argv, attr)
}
