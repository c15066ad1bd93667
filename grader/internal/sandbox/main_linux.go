package sandbox

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
)

func main(mode string, args, command []string) int {
	r, err := parseRules(args)
	switch {
	case err != nil:
		return fail(err)
	case mode == probe && len(command) == 2:
		return runProbe(command[0], command[1])
	case mode == become && len(command) > 0:
		return fail(becomeProgram(r, command))
	case mode == watch && len(command) > 0:
		return watchOver(r, command)
	}
	return fail(fmt.Errorf("there is no mode %q for %q", mode, command))
}

// fail reports on the status pipe why the program does not run.
func fail(err error) int {
	tell(trouble+"%s\n", strings.Join(strings.Fields(err.Error()), " "))
	return 1
}

func tell(format string, args ...any) {
	if _, err := syscall.Write(statusFD, fmt.Appendf(nil, format, args...)); err != nil {
		fmt.Fprintln(os.Stderr, "sandbox:", err) // the other end of the pipe is gone, so nothing else would report it
	}
}

// becomeProgram drops every privilege that the rules do not grant, and executes the
// program. Landlock and seccomp bind only the calling thread: it is the one that
// executes, which ends all others.
func becomeProgram(r Rules, command []string) error {
	runtime.LockOSThread()
	syscall.CloseOnExec(statusFD)
	if err := setLimits(r); err != nil {
		return err
	}
	have := available()
	if have.noNewPrivs {
		if err := setNoNewPrivs(); err != nil {
			return err
		}
	}
	if !r.Spawn {
		if err := dropCapabilities(); err != nil {
			return err
		}
	}
	if have.landlock > 0 {
		if err := restrictFiles(r, command[0], have.landlock); err != nil {
			return err
		}
	}
	if have.seccomp {
		if err := installFilter(filterFor(r.Spawn, os.Getpid())); err != nil {
			return err
		}
	}
	if err := syscall.Exec(command[0], command, os.Environ()); err != nil {
		return fmt.Errorf("executing %s: %w", command[0], err)
	}
	return nil
}

// setLimits sets the limits that the kernel enforces for each process.
func setLimits(r Rules) error {
	for _, l := range []struct {
		what  string
		which int
		most  uint64
	}{
		{"core files", syscall.RLIMIT_CORE, 0},
		{"file size", syscall.RLIMIT_FSIZE, r.FileSize},
		{"open files", syscall.RLIMIT_NOFILE, r.OpenFiles},
		{"processor time", syscall.RLIMIT_CPU, r.CPU},
		{"memory", syscall.RLIMIT_DATA, r.Data},
		{"address space", syscall.RLIMIT_AS, r.Space},
	} {
		if l.most == 0 && l.which != syscall.RLIMIT_CORE {
			continue
		}
		if err := lower(l.which, l.most); err != nil {
			return fmt.Errorf("limiting %s: %w", l.what, err)
		}
	}
	return nil
}

// lower sets a limit to most, or keeps it if it is already lower; it cannot be raised
// again. A process that exceeds its processor time first gets a signal that says so,
// and later one that could come from any process.
func lower(which int, most uint64) error {
	var now syscall.Rlimit
	if err := syscall.Getrlimit(which, &now); err != nil {
		return err
	}
	hard := most
	if which == syscall.RLIMIT_CPU {
		hard += 5
	}
	return syscall.Setrlimit(which, &syscall.Rlimit{Cur: min(most, now.Max), Max: min(hard, now.Max)})
}
