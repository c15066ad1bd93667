//go:build linux && (amd64 || arm64)

package sandbox

import (
	"encoding/json"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// try is a system call, and the error that it must end with under the filter of a
// process that has no others.
type try struct {
	Name string
	Call uintptr
	Args [4]uintptr
	Want unix.Errno
}

// nonsense makes a call fail of itself, should the filter let it pass.
const nonsense = ^uintptr(0)

// needsNoArguments reports whether a call would do its work with any arguments, and
// so is not tried.
func needsNoArguments(call uint32) bool {
	return call == unix.SYS_VHANGUP || call == unix.SYS_SETSID || slices.Contains(ofOthersHere, call)
}

func tries() (list []try) {
	for _, call := range append(append([]uint32{}, forbidden...), ofOthers...) {
		if !needsNoArguments(call) {
			list = append(list, try{"refused to all", uintptr(call), [4]uintptr{nonsense, nonsense, nonsense, nonsense}, unix.EPERM})
		}
	}
	pid := uintptr(unix.Getpid())
	var limit unix.Rlimit
	at := uintptr(unsafe.Pointer(&limit))
	return append(list,
		try{"a process, not a thread", unix.SYS_CLONE, [4]uintptr{unix.CLONE_SIGHAND}, unix.EPERM}, // which by themselves are invalid
		try{"clone3", unix.SYS_CLONE3, [4]uintptr{nonsense, 88}, unix.ENOSYS},
		try{"signal the parent", unix.SYS_KILL, [4]uintptr{uintptr(unix.Getppid()), 0}, unix.EPERM},
		try{"signal every process", unix.SYS_KILL, [4]uintptr{nonsense, 0}, unix.EPERM},
		try{"signal itself", unix.SYS_KILL, [4]uintptr{pid, 0}, 0},
		try{"kill itself, to blame another", unix.SYS_KILL, [4]uintptr{pid, uintptr(unix.SIGKILL)}, unix.EPERM},
		try{"read a limit", unix.SYS_PRLIMIT64, [4]uintptr{0, unix.RLIMIT_NOFILE, 0, at}, 0},
		try{"read a limit of the parent", unix.SYS_PRLIMIT64, [4]uintptr{uintptr(unix.Getppid()), unix.RLIMIT_NOFILE, 0, at}, unix.EPERM},
		try{"set a limit", unix.SYS_PRLIMIT64, [4]uintptr{0, unix.RLIMIT_NOFILE, at, 0}, unix.EPERM},
		try{"set a limit from a high address", unix.SYS_PRLIMIT64, [4]uintptr{0, unix.RLIMIT_NOFILE, 1 << 32, 0}, unix.EPERM},
		try{"make code of data", unix.SYS_MPROTECT, [4]uintptr{0, 0, unix.PROT_READ | unix.PROT_EXEC}, unix.EPERM},
		try{"change a protection", unix.SYS_MPROTECT, [4]uintptr{0, 0, unix.PROT_READ | unix.PROT_WRITE}, 0},
		try{"map what is code and data", unix.SYS_MMAP, [4]uintptr{0, 4096, unix.PROT_WRITE | unix.PROT_EXEC, unix.MAP_PRIVATE | unix.MAP_ANON}, unix.EPERM},
		try{"type into the terminal", unix.SYS_IOCTL, [4]uintptr{0, unix.TIOCSTI, nonsense}, unix.EPERM},
		try{"who am I", unix.SYS_GETPID, [4]uintptr{}, 0},
	)
}

// TestUnderTheFilter is run in a process of its own: a filter does not come off.
func TestUnderTheFilter(t *testing.T) {
	if os.Getenv("SANDBOX_FILTER") == "" {
		t.Skip("for TestFilter")
	}
	runtime.LockOSThread()
	list := tries()
	require.NoError(t, setNoNewPrivs())
	require.NoError(t, installFilter(filterFor(false, os.Getpid())))
	var wrong []string
	for _, c := range list {
		_, _, errno := unix.RawSyscall6(c.Call, c.Args[0], c.Args[1], c.Args[2], c.Args[3], nonsense, 0)
		if errno != c.Want {
			text, _ := json.Marshal(c)
			wrong = append(wrong, string(text)+": "+errno.Error())
		}
	}
	_, _ = os.Stdout.WriteString("\nwrong: " + strings.Join(wrong, "; ") + "\n")
}

// The filter refuses what it should with the error it should, and lets pass what a
// test process needs.
func TestFilter(t *testing.T) {
	if !available().seccomp {
		t.Skip("no seccomp here")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestUnderTheFilter$", "-test.v")
	cmd.Env = append(os.Environ(), "SANDBOX_FILTER=1")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Contains(t, string(out), "\nwrong: \n")
}

// A compiler may start others and signal them, and has no network either.
func TestFilterForCompilers(t *testing.T) {
	mine, theirs := filterFor(false, 42), filterFor(true, 42)
	assert.Greater(t, len(mine), len(theirs))
	has := func(p []unix.SockFilter, call uint32) bool {
		for _, i := range p {
			if i.Code == equal && i.K == call {
				return true
			}
		}
		return false
	}
	assert.True(t, has(theirs, unix.SYS_SOCKET))
	assert.False(t, has(theirs, unix.SYS_CLONE))
	assert.True(t, has(mine, unix.SYS_CLONE))
}
