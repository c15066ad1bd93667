//go:build unix && !linux

package run

import (
	"os/exec"
	"syscall"
)

func (p *process) quitBusiest() bool { return false }

// isolate puts the process into a group of its own, so that all of it can be
// ended at once. Here a process may outlive a grader that is killed.
func isolate(cmd *exec.Cmd, _ bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
