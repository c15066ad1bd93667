package sandbox

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// statusFD is where a process that is about to become another says why it
// cannot, and where one that watches says how the program ended.
const statusFD = 3

// Status is what a process of ours says about the program it starts: for one that it
// watches, its group at first, and then how it ended.
type Status struct {
	Group    int
	Ended    bool
	ExitCode int // -1 if a signal ended it
	Signal   int
}

// SignalName names the signal that ended the program, or is "".
func (s Status) SignalName() string {
	if s.Signal == 0 {
		return ""
	}
	return syscall.Signal(s.Signal).String()
}

// The lines of a status.
const (
	groupLine = "group %d\n"
	endedLine = "ended %d %d\n"
	trouble   = "trouble "
)

// ReadStatus reads what a process has said on its status pipe: nothing, if it
// has become the program it was to become.
func ReadStatus(text []byte) (s Status, err error) {
	for line := range strings.Lines(string(text)) {
		if why, ok := strings.CutPrefix(line, trouble); ok {
			return s, errors.New("the sandbox could not be set up: " + strings.TrimSpace(why))
		}
		if _, err := fmt.Sscanf(line, groupLine, &s.Group); err == nil {
			continue
		}
		if _, err := fmt.Sscanf(line, endedLine, &s.ExitCode, &s.Signal); err != nil {
			return s, fmt.Errorf("the sandbox said something else than its status: %q", line)
		}
		s.Ended = true
	}
	return s, nil
}
