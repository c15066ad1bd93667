//go:build unix

package run

import (
	"os"
	"syscall"
)

// quit asks for a goroutine dump. Only the process itself is asked: a signal
// to the group would kill what it started before we see it.
func (p *process) quit() bool {
	return p.quitBusiest() || p.cmd.Process.Signal(syscall.SIGQUIT) == nil
}

// killGroup ends all processes of a group.
func killGroup(group int) {
	_ = syscall.Kill(-group, syscall.SIGKILL) // ESRCH: nobody is left
}

func signalName(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}
