package sched

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// What a bubble is left with may be goroutines of code that is not instrumented, of which
// nothing is known but what the runtime's dump says.

var (
	inBubble  = regexp.MustCompile(`^goroutine \d+ .*synctest bubble (\d+)`)
	startedBy = regexp.MustCompile(`(?m)^created by (\S+)`)
)

// maxRemains is how many kinds of goroutines a message lists.
const maxRemains = 3

// remains describes the goroutines of the latest bubble in a dump, each kind once: where
// it is, and what has started it. It is "" if there are none.
func remains(dump string) string {
	latest, kinds := -1, []string(nil)
	for _, stack := range strings.Split(dump, "\n\n") {
		m := inBubble.FindStringSubmatch(stack)
		if m == nil {
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil || n < latest {
			continue
		}
		if n > latest {
			latest, kinds = n, nil
		}
		if kind := kindOf(stack); kind != "" && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	if more := len(kinds) - maxRemains; more > 0 {
		kinds = append(kinds[:maxRemains], fmt.Sprintf("%d more", more))
	}
	return strings.Join(kinds, ", ")
}

// kindOf is a goroutine as a reader knows it: by the innermost function that is not the
// runtime's or of a package that only waits for it.
func kindOf(stack string) (kind string) {
	for line := range strings.Lines(stack) {
		end := strings.LastIndexByte(line, '(')
		if end > 0 && line[0] != '\t' && !strings.HasPrefix(line, "goroutine ") && !waitsOnly(line[:end]) {
			kind = wire.AuthorsName(line[:end])
			break
		}
	}
	if m := startedBy.FindStringSubmatch(stack); m != nil && kind != "" {
		kind += " (started by " + wire.AuthorsName(m[1]) + ")"
	}
	return kind
}

func waitsOnly(name string) bool {
	return slices.ContainsFunc([]string{"runtime.", "internal/", "sync.", "time.", "syscall."}, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}
