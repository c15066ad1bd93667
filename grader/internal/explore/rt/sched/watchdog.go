package sched

import (
	"os"
	"regexp"
	"runtime"
	"strings"
	"time"

	"heisenkata/grader/internal/explore/rt/wire"
)

// The watchdog lives outside the bubble and looks whether steps are taken. It
// ends the process if they are not: what waits for something that no schedule
// can give never comes back to the controller.
const (
	look        = 200 * time.Millisecond
	stillWaits  = 15 // looks in a row at which a goroutine waits outside the explorer's control
	stillWorks  = 75 // looks in a row at which one computes
	stillAtAll  = 300
	exitStalled = 7
)

//go:norace
func (w *worker) watch() {
	last, still, waits := uint64(0), 0, 0
	for {
		time.Sleep(look)
		if w.current == "" || heartbeat != last {
			last, still, waits = heartbeat, 0, 0
			continue
		}
		still++
		stacks := allStacks()
		culprit, working := stalled(stacks)
		if culprit != "" && !working {
			waits++
		} else {
			waits = 0
		}
		switch {
		case waits >= stillWaits:
			w.giveUp(wire.Unexplorable, culprit, stacks)
		case working && still >= stillWorks:
			w.giveUp(wire.Running, culprit, stacks)
		case still >= stillAtAll:
			w.giveUp(wire.Unexplorable, "nothing moves, and no goroutine says why", stacks)
		}
	}
}

// giveUp ends the process. What stands still while a finding is made small is a
// schedule that was only tried.
func (w *worker) giveUp(kind wire.Kind, why, stacks string) {
	if w.kept {
		os.Exit(exitStalled)
	}
	w.tell(wire.Outcome{Test: w.current, Kind: kind, Exhausted: -1, Finding: &Finding{Kind: kind, Text: why, Stack: stacks}})
	os.Exit(exitStalled)
}

func allStacks() string {
	for size := 1 << 16; ; size *= 2 {
		buf := make([]byte, size)
		if n := runtime.Stack(buf, true); n < size || size >= 1<<24 {
			return string(buf[:n])
		}
	}
}

var header = regexp.MustCompile(`^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[([^\]]*)\]`)

// stalled looks for the goroutine of the bubble that keeps the controller
// waiting: one that works, or one that waits in a way that a bubble does not
// know to be lasting. It says what it does, and where.
func stalled(stacks string) (what string, working bool) {
	for _, stack := range strings.Split(stacks, "\n\n") {
		m := header.FindStringSubmatch(stack)
		if m == nil || !strings.Contains(m[1], "synctest bubble") || strings.Contains(m[1], "(durable)") {
			continue
		}
		state, _, _ := strings.Cut(m[1], ",")
		if strings.HasPrefix(state, "synctest") || strings.Contains(stack, "sched.(*Controller).loop") {
			continue
		}
		where := topFrame(stack)
		if state == "running" || state == "runnable" {
			return "a goroutine computes without coming to a point, at " + where, true
		}
		if what == "" {
			what = "a goroutine waits for something that the explorer does not control (" + state + "), at " + where
		}
	}
	return what, false
}

// topFrame is the first position of a stack that is neither the runtime's nor
// the explorer's.
func topFrame(stack string) string {
	lines := strings.Split(stack, "\n")
	first := ""
	for i := 1; i+1 < len(lines); i += 2 {
		position, _, _ := strings.Cut(strings.TrimSpace(lines[i+1]), " +0x")
		if first == "" {
			first = position
		}
		if !Own(lines[i]) && !strings.Contains(position, runtime.GOROOT()) {
			return position
		}
	}
	return first
}
