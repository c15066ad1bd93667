package run

import (
	"os/exec"
	"syscall"
)

// isolate puts the process into a group of its own, so that all of it can be
// ended at once, and has the kernel end it if the grader dies first: one that
// watches over others is asked to, so that it can end them.
func isolate(cmd *exec.Cmd, watched bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if watched {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGTERM
	}
}
