package sandbox

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// Exists reports whether there is any sandbox on this system.
const Exists = true

// Unprotected is the protection of a system without a sandbox.
var Unprotected = Protection{Level: None, Missing: []string{}}

// attempt is something that must not succeed, and what to say if it does.
type attempt struct {
	can string
	try func() error
}

// runProbe tries what must not be possible, and prints what was.
func runProbe(inside, outside string) int {
	tries := attempts(inside, outside)
	for _, a := range tries {
		if a.try() == nil {
			fmt.Println(canLine + a.can)
		}
	}
	if _, err := fmt.Printf(triedLine, len(tries)); err != nil {
		return 1
	}
	return 0
}

func attempts(inside, outside string) []attempt {
	return []attempt{
		{"a fix can read your files", func() error { _, err := os.ReadFile(outside); return err }},
		{"a fix can write your files", func() error { return os.WriteFile(outside+".new", nil, 0o600) }},
		{"a fix can empty your files", func() error { return os.Truncate(outside, 0) }},
		{"a fix can make links that lead out of its folder", func() error { return os.Symlink(outside, filepath.Join(inside, "link")) }},
		{"a fix can fill the disk", func() error {
			return os.WriteFile(filepath.Join(inside, "large"), make([]byte, ProbeFileSize+1), 0o600)
		}},
		{"a fix can reach the network", func() error { _, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0); return err }},
		{"a fix can talk to other programs", func() error { _, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0); return err }},
		{"a fix can start processes", startSomething},
		{"a fix can signal other processes", func() error { return syscall.Kill(os.Getppid(), 0) }},
	}
}

// startSomething tries to start this program again, which then does nothing.
func startSomething() error {
	self, err := os.Executable()
	if err != nil {
		return nil // then nothing can be said
	}
	p, err := os.StartProcess(self, []string{self, word, "nothing", end}, &os.ProcAttr{})
	if err != nil {
		return err
	}
	_, _ = p.Wait() // it started: that is the answer
	return nil
}
