// Package sandbox takes away a program's power to do harm before it starts: to read or
// write files that are not its own, to reach the network, to start processes or signal
// them, to take all memory or fill the disk. It needs no root, no user namespaces and
// nothing installed: the grader runs itself again, gives up what the rules do not grant,
// and becomes the program.
//
// It keeps the machine safe. Keeping the score honest is other packages' work.
package sandbox

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// word is the first argument of a grader that is to become another program, or
// to watch over one. It is not meant to be typed.
const word = "sandboxed!"

// The words that follow it.
const (
	become = "become" // give up all that the rules do not grant, and execute the program
	watch  = "watch"  // start the program so, and end all it has started when it ends
	end    = "--"     // of the rules; the program and its arguments follow
)

// init makes this process what its arguments ask for, and then does not return. It
// stands here, and this package imports little, because a test process pays for
// everything that is initialised before it: most packages come later, and main last.
func init() {
	if len(os.Args) < 4 || os.Args[1] != word {
		return
	}
	rules, command := os.Args[3:], []string(nil)
	if at := slices.Index(rules, end); at >= 0 {
		rules, command = rules[:at], rules[at+1:]
	}
	os.Exit(main(os.Args[2], rules, command))
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
	return self, slices.Concat([]string{word, mode}, rules.args(), []string{end, path}, args), nil
}

// Level says in one word how much protection there is on this machine.
type Level string

// The levels.
const (
	Full    Level = "full"    // everything described here, and verified
	Partial Level = "partial" // some of it
	None    Level = "none"    // limits of time and output only
)

// Protection is what was found when a program in the sandbox tried what it must
// not be able to do.
type Protection struct {
	Level   Level
	Missing []string // what does not hold here
}

// Explain says in a sentence what the level means for the user of the grader.
func (p Protection) Explain() string {
	switch p.Level {
	case Full:
		return "A fix can read and write only what its test needs, has no network, starts no process and takes no more than its share of memory and disk."
	case Partial:
		return "Some of what a fix must not do is possible here: " + strings.Join(p.Missing, "; ") + ". Run the fixes of people you do not trust on a machine that you can throw away."
	}
	return "Nothing but limits of time and output stands between a fix and this machine. Run the fixes of people you do not trust on Linux, or on a machine that you can throw away."
}
