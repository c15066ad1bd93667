package sched

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"

	"heisenkata/grader/internal/explore/rt/wire"
)

// inLibrary is the operation of a goroutine that is in code which is not instrumented.
const inLibrary = "in code that is not instrumented"

// elsewhere adds where goroutines are that are in code which is not instrumented, of a
// schedule that is shown: the runtime knows it, and a lane says whose stack it is.
//
//go:norace
func (c *Controller) elsewhere(list []wire.Waiting) {
	var stacks []string
	for i := range list {
		w := &list[i]
		if w.Op != inLibrary || !c.detail || int(w.G) >= len(lanes) {
			continue
		}
		if stacks == nil {
			stacks = strings.Split(allStacks(), "\n\n")
		}
		stack := latestOf(stacks, fmt.Sprintf("/sched.lane%d(", w.G))
		w.Frames, _ = stackFrames(stack)
		w.In = libraryCall(stack)
	}
}

// latestOf is the stack that mentions a function, in the bubble that began last; or "".
func latestOf(stacks []string, function string) (latest string) {
	newest := -1
	for _, stack := range stacks {
		if m := inBubble.FindStringSubmatch(stack); m != nil && strings.Contains(stack, function) {
			if n, err := strconv.Atoi(m[1]); err == nil && n > newest {
				newest, latest = n, stack
			}
		}
	}
	return latest
}

// libraryCall is the function of the standard library in which a goroutine is, as other
// code has called it; "" if it is in none.
func libraryCall(stack string) (name string) {
	lines := strings.Split(stack, "\n")
	for i := 1; i+1 < len(lines); i += 2 {
		m := framePosition.FindStringSubmatch(lines[i+1])
		if m == nil || !strings.HasPrefix(m[1], runtime.GOROOT()) {
			break
		}
		if end := strings.LastIndexByte(lines[i], '('); end > 0 {
			name = wire.AuthorsName(lines[i][:end])
		}
	}
	return name
}
