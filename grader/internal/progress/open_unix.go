//go:build unix

package progress

import (
	"os"
	"syscall"
)

// open opens a file for reading, and does not wait for a writer if it is a pipe by
// now, nor follow a link.
func open(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
}
