package sandbox

import (
	"fmt"
	"strings"
)

// probe is the mode in which this program tries what a fix must not do.
const probe = "probe"

// ProbeFileSize is the largest file that a probe must be able to write, in bytes.
const ProbeFileSize = 1 << 16

// ProbeArgs are the arguments with which the grader's own program probes the
// sandbox that it runs in. inside is a folder that it may write in, outside a
// file that it must not read.
func ProbeArgs(inside, outside string) []string {
	return []string{word, probe, end, inside, outside}
}

// The lines that a probe prints.
const (
	canLine   = "can: "
	triedLine = "tried %d\n"
)

// ReadProbe reads what a probe has printed: what was possible, and how much was tried.
func ReadProbe(output []byte) (Protection, error) {
	p, tried := Protection{Missing: []string{}}, 0
	for line := range strings.Lines(string(output)) {
		if what, ok := strings.CutPrefix(line, canLine); ok {
			p.Missing = append(p.Missing, strings.TrimSpace(what))
		} else if _, err := fmt.Sscanf(line, triedLine, &tried); err != nil {
			break
		}
	}
	if tried == 0 {
		return p, fmt.Errorf("the sandbox was tried, and gave no answer: %q", strings.TrimSpace(string(output)))
	}
	p.Level = levelOf(p.Missing, tried)
	return p, nil
}

// levelOf sums up what does not hold, of so many things that were tried.
func levelOf(missing []string, tried int) Level {
	switch len(missing) {
	case 0:
		return Full
	case tried:
		return None
	}
	return Partial
}
