//go:build !linux

package sandbox

import (
	"fmt"
	"os"
	"runtime"
	"time"
)

// Exists reports whether there is any sandbox on this system.
const Exists = false

// Unprotected is the protection of a system without a sandbox.
var Unprotected = Protection{Level: None, Missing: []string{"there is no sandbox for " + runtime.GOOS}}

// Prepare starts the program as it is: there is no sandbox on this system.
func Prepare(_ Rules, path string, args []string) (Launch, error) {
	return Launch{Path: path, Args: args}, nil
}

func main(mode string, _, _ []string) int {
	fmt.Fprintf(os.Stderr, "there is no sandbox on this system for %q\n", mode)
	return 1
}

// Process is a process as the system sees it at one moment.
type Process struct {
	PID, Parent, Group int
	Threads            int
	Memory             int64 // resident, in bytes
	CPU                time.Duration
	Stopped            bool // by a signal
}

// Look sees nothing on this system.
func Look(int) (p Process, ok bool) { return p, false }

// Descendants sees nothing on this system.
func Descendants(int) []Process { return nil }

// Asleep sees nothing on this system.
func Asleep(int) bool { return false }
