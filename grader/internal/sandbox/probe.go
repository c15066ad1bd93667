package sandbox

import (
	"encoding/json"
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
	return []string{word, probe, "{}", "--", inside, outside}
}

// ReadProbe reads what a probe has printed.
func ReadProbe(output []byte) (p Protection, err error) {
	if err := json.Unmarshal(output, &p); err != nil {
		return p, fmt.Errorf("the sandbox was tried, and gave no answer: %q", strings.TrimSpace(string(output)))
	}
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
