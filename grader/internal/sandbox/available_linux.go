package sandbox

import "golang.org/x/sys/unix"

// abilities is what this kernel offers.
type abilities struct {
	noNewPrivs bool
	landlock   int // the version of its ABI; 0: none
	seccomp    bool
}

func available() abilities {
	_, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	return abilities{noNewPrivs: err == nil, landlock: landlockABI(), seccomp: seccompAvailable()}
}

// setNoNewPrivs keeps this thread, and what it becomes, from gaining privileges
// by executing a program. Landlock and seccomp ask for it.
func setNoNewPrivs() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }
