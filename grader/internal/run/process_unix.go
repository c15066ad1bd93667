//go:build unix

package run

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// obeySignals gives the processes that are started the usual reaction to hangups
// and interrupts. A grader that ignores them, as under nohup, would pass that on,
// and what it has started could not be killed. It goes on ignoring them itself.
var obeySignals = sync.OnceFunc(func() {
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s) // a signal that is caught is not passed on as ignored
		}
	}
})

// quit asks for a goroutine dump. Only the process itself is asked: a signal
// to the group would kill what it started before we see it.
func (p *process) quit() bool {
	return p.quitBusiest() || p.cmd.Process.Signal(syscall.SIGQUIT) == nil
}

// killGroup ends all processes of a group.
func killGroup(group int) {
	_ = syscall.Kill(-group, syscall.SIGKILL) // ESRCH: the group is empty
}

func signalName(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}
