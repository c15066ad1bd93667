package run

import (
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"

	"heisenkata/grader/internal/sandbox"
)

// quitBusiest asks the thread that computes for the dump: of what other threads
// run, the runtime says in a dump only that it is running.
func (p *process) quitBusiest() bool {
	if p.watched {
		return false // it passes the signal on
	}
	thread, ok := sandbox.Busiest(p.cmd.Process.Pid)
	return ok && unix.Tgkill(p.cmd.Process.Pid, thread, unix.SIGQUIT) == nil
}

// isolate puts the process into a group of its own, so that all of it can be
// ended at once, and has the kernel end it if the grader dies first: one that
// watches over others is asked to, so that it can end them.
func isolate(cmd *exec.Cmd, watched bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if watched {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	}
}
