//go:build unix

package scratch

import (
	"os"
	"syscall"
)

// lock takes the lock on a file, or fails if another process holds it. It goes with
// the process that holds it.
func lock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// mine reports whether a folder belongs to the user who runs this.
func mine(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}
