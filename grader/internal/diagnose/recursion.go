package diagnose

import (
	"regexp"
	"slices"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// stackFull matches what the runtime says when a goroutine's stack is full.
var stackFull = regexp.MustCompile(`(?m)^fatal error: stack overflow$`)

// longestCycle is the largest number of functions that are recognised as calling each other,
// and topCalls how many calls at the top of the stack may belong to something else.
const (
	longestCycle = 8
	topCalls     = 8
)

// recursionMeaning explains such an end, also that of a recursion which is only deep.
const recursionMeaning = "Each of these calls waits for the one that it makes, until the goroutine's stack is full. That ends the whole process, including all other goroutines."

// Overflow says which functions call each other without end if a process has ended because a
// goroutine's stack was full, and where they do so, the innermost call first.
func Overflow(output string) (summary string, calls []wire.Frame) {
	if !stackFull.MatchString(output) {
		return "", nil
	}
	all := parseGoroutines(output)
	if len(all) == 0 {
		return "stack overflow", nil
	}
	var names []string
	for _, f := range all[0].frames {
		names = append(names, plainName(f.function))
		calls = append(calls, wire.Frame{Func: f.function, File: f.file, Line: f.line})
	}
	at, length := cycle(names)
	switch length {
	case 0:
		return "stack overflow", calls[min(1, len(calls)):] // at the innermost, it only begins
	case 1:
		summary = names[at] + " calls itself again and again"
	default:
		chain := slices.Clone(names[at : at+length])
		slices.Reverse(chain)
		summary = strings.Join(append(chain, chain[0]), " calls ") + ", and so on"
	}
	return "stack overflow: " + summary, calls[at+1:]
}

// cycle finds the shortest sequence of names that is repeated three times: where it begins, and
// how long it is; 0 if there is none.
func cycle(names []string) (at, length int) {
	for length = 1; length <= longestCycle; length++ {
		for at = 0; at <= topCalls && at+3*length <= len(names); at++ {
			if once := names[at : at+length]; slices.Equal(once, names[at+length:at+2*length]) && slices.Equal(once, names[at+2*length:at+3*length]) {
				return at, length
			}
		}
	}
	return 0, 0
}

// plainName is a function's name in a dump without its package and its arguments, and a
// method's as T.Name.
func plainName(function string) string {
	if i := strings.LastIndexByte(function, '('); i > 0 {
		function = function[:i]
	}
	function = function[strings.LastIndexByte(function, '/')+1:]
	_, name, _ := strings.Cut(function, ".")
	return strings.NewReplacer("(*", "", ")", "", "[...]", "").Replace(name)
}
