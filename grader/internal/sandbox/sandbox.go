// Package sandbox takes from a program, before it starts, the power to do harm:
// to read or write files that are not its own, to reach the network, to start
// processes or signal them, to take all memory or fill the disk. It needs no
// root, no user namespaces and nothing installed: the grader runs itself again,
// gives up what the rules do not grant, and becomes the program.
//
// It keeps the machine safe. That a score is honest is others' work.
package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// Rules say what a program may do. What they do not grant is refused with an
// error, not with a killed process, wherever the system can.
type Rules struct {
	Read  []string `json:"read,omitempty"`  // files, and folders with all below them
	Write []string `json:"write,omitempty"` // folders in which it may make files and folders, but no links, pipes or devices
	Run   []string `json:"run,omitempty"`   // programs that may be executed, or folders of them; they may be read too
	// Spawn lets it start processes, as a compiler has to. All of them end with it.
	Spawn bool `json:"spawn,omitempty"`

	FileSize  uint64 `json:"file_size"`      // of the largest file it may write, in bytes
	Data      uint64 `json:"data,omitempty"` // of its private writable memory, reserved or used, in bytes
	Space     uint64 `json:"space,omitempty"`
	CPU       uint64 `json:"cpu"`        // seconds of processor time of a process
	OpenFiles uint64 `json:"open_files"` // at once
}

// word is the first argument of a grader that is to become another program, or
// to watch over one. Nobody types it.
const word = "sandboxed!"

// The words that follow it.
const (
	become = "become" // give up all that the rules do not grant, and execute the program
	watch  = "watch"  // start the program so, and end all it has started when it ends
)

// statusFD is where a process that is about to become another says why it
// cannot, and where one that watches says how the program ended.
const statusFD = 3

// Status is what a process of ours says of the program it starts: of one that it
// watches, its group at first, and then how it ended.
type Status struct {
	Group    int    `json:"group,omitempty"`
	Ended    bool   `json:"ended,omitempty"`
	ExitCode int    `json:"exit_code"` // -1 if a signal ended it
	Signal   int    `json:"signal,omitempty"`
	Strays   int    `json:"strays,omitempty"` // processes that had left its group and were ended one by one
	Trouble  string `json:"trouble,omitempty"`
}

// SignalName names the signal that ended the program, or is "".
func (s Status) SignalName() string {
	if s.Signal == 0 {
		return ""
	}
	return syscall.Signal(s.Signal).String()
}

// Main makes this process what its arguments ask for, and then does not return.
// A program that starts sandboxed processes calls it first of all.
func Main() {
	if len(os.Args) < 6 || os.Args[1] != word {
		return
	}
	os.Exit(main(os.Args[2], os.Args[3], os.Args[5:]))
}

// Launch is how a program is started so that it runs under rules.
type Launch struct {
	Path string
	Args []string
	// Status: it takes a pipe as its file 3, for ReadStatus.
	Status bool
	// Watched: a process of the grader's stays above it, which ends all below
	// itself on SIGTERM, passes SIGQUIT on, and says how the program ended.
	Watched bool
}

// wrap is the command line that makes this program another one.
func wrap(mode string, rules Rules, path string, args []string) (self string, wrapped []string, err error) {
	if self, err = os.Executable(); err != nil {
		return "", nil, fmt.Errorf("the grader does not find its own program: %w", err)
	}
	text, err := json.Marshal(rules)
	if err != nil {
		return "", nil, err
	}
	return self, append([]string{word, mode, string(text), "--", path}, args...), nil
}

// ReadStatus reads what a process has said on its status pipe: nothing, if it
// has become the program it was to become.
func ReadStatus(text []byte) (s Status, err error) {
	for d := json.NewDecoder(bytes.NewReader(text)); err == nil; {
		err = d.Decode(&s)
	}
	if err != io.EOF {
		return s, fmt.Errorf("the sandbox said something else than its status: %w", err)
	}
	if s.Trouble != "" {
		return s, errors.New("the sandbox could not be set up: " + s.Trouble)
	}
	return s, nil
}

// Level is how much of the protection there is here, in one word.
type Level string

// The levels.
const (
	Full    Level = "full"    // all that is described here, and seen to hold
	Partial Level = "partial" // some of it
	None    Level = "none"    // limits of time and output only
)

// Protection is what was found when a program in the sandbox tried what it must
// not be able to do.
type Protection struct {
	Level   Level    `json:"level"`
	Missing []string `json:"missing"` // what does not hold here
}

// Explain says in a sentence what the level means for whoever runs the grader.
func (p Protection) Explain() string {
	switch p.Level {
	case Full:
		return "A fix can read and write only what its test needs, has no network, starts no process and takes no more than its share of memory and disk."
	case Partial:
		return "Some of what a fix must not do is possible here: " + strings.Join(p.Missing, "; ") + ". Run the fixes of people you do not trust on a machine that you can throw away."
	}
	return "Nothing but limits of time and output stands between a fix and this machine. Run the fixes of people you do not trust on Linux, or on a machine that you can throw away."
}
