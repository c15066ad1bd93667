//go:build unix

package signal

import (
	"syscall"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Kill stands for syscall.Kill.
func Kill(pid int, sig syscall.Signal) error {
	if !sched.Active() {
		return syscall.Kill(pid, sig)
	}
	sched.Report(sched.Unexplorable, sends)
	return nil
}
