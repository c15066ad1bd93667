package sandbox

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// abilities is what this kernel offers.
type abilities struct {
	noNewPrivs bool
	landlock   int // the version of its ABI; 0: none
	seccomp    bool
}

func available() abilities {
	_, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)
	return abilities{noNewPrivs: err == nil, landlock: LandlockABI(), seccomp: seccompAvailable()}
}

// setNoNewPrivs keeps this thread, and what it becomes, from gaining privileges
// by executing a program. Landlock and seccomp ask for it.
func setNoNewPrivs() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }

// dropCapabilities leaves root with no more than any other user may do. Without
// new privileges, executing a program does not bring them back.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	if err := unix.Capset(&header, &none[0]); err != nil {
		return fmt.Errorf("giving up capabilities: %w", err)
	}
	return nil
}
