package sandbox

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// watchOver starts the program in its sandbox and ends with it. As a subreaper
// it inherits what the program's processes leave behind, wherever they have
// moved to, and ends that too. It ends with the grader, and all below it.
func watchOver(r Rules, command []string) int {
	syscall.CloseOnExec(statusFD)
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fail(err)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGINT)
	pid, trouble, err := startInside(r, command)
	if err != nil {
		return fail(err)
	}
	tell(groupLine, pid) // for a grader that sees us killed
	go obey(signals, pid)
	status := <-reap(pid)
	sweep(pid)
	if text, _ := io.ReadAll(trouble); len(text) > 0 { // it did not become the program
		_, _ = syscall.Write(statusFD, text) // without a reader it does not matter
		return 1
	}
	tell(endedLine, status.ExitCode, status.Signal)
	return 0
}

// startInside starts this program once more, to become the one meant, at the
// head of a group of its own. From trouble comes why it could not.
func startInside(r Rules, command []string) (pid int, trouble *os.File, err error) {
	self, args, err := wrap(become, r, command[0], command[1:])
	if err != nil {
		return 0, nil, err
	}
	trouble, w, err := os.Pipe()
	if err != nil {
		return 0, nil, err
	}
	defer w.Close()
	pid, err = syscall.ForkExec(self, append([]string{self}, args...), &syscall.ProcAttr{
		Env: os.Environ(), Files: []uintptr{0, 1, 2, w.Fd()}, Sys: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	})
	if err != nil {
		return 0, nil, fmt.Errorf("starting the program: %w", err)
	}
	return pid, trouble, nil
}

// reap takes in all that ends below this process, and tells how the program did.
func reap(program int) <-chan Status {
	done := make(chan Status, 1)
	go func() {
		for {
			var how syscall.WaitStatus
			pid, err := syscall.Wait4(-1, &how, 0, nil)
			if err == syscall.EINTR {
				continue
			}
			if err != nil { // ECHILD: no child is left
				return
			}
			if pid == program {
				done <- ended(how)
			}
		}
	}()
	return done
}

func ended(how syscall.WaitStatus) Status {
	if how.Signaled() {
		return Status{ExitCode: -1, Signal: int(how.Signal())}
	}
	return Status{ExitCode: how.ExitStatus()}
}

// obey passes on the request for a goroutine dump, and ends everything when the
// grader says so or is gone.
func obey(signals chan os.Signal, program int) {
	for s := range signals {
		if s == syscall.SIGQUIT {
			_ = syscall.Kill(program, syscall.SIGQUIT) // ESRCH: it has just ended
			continue
		}
		sweep(program)
	}
}

// sweepRounds bounds a sweep: each round stops all it sees before it kills them,
// so that even one which starts processes without end comes to a stop.
const sweepRounds = 2000

// sweep ends every process below this one, also those that have left the program's
// group.
func sweep(group int) {
	_ = syscall.Kill(-group, syscall.SIGKILL) // ESRCH: it is empty
	for range sweepRounds {
		left := Descendants(os.Getpid())
		if len(left) == 0 {
			return
		}
		for _, p := range left {
			_ = syscall.Kill(p.PID, syscall.SIGSTOP) // ESRCH: it has just ended, here and below
		}
		for _, p := range left {
			_ = syscall.Kill(p.PID, syscall.SIGKILL)
		}
		time.Sleep(time.Millisecond)
	}
}
