package sched

import (
	"os"
	"regexp"
	"runtime"
	"strconv"
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
	stillWorks  = 3  // looks in a row, at least, at which the same one computes
	stillAtAll  = 300
	exitStalled = 7
)

// defaultStepTime is the processor time that a step may take unless the job says
// otherwise. Tests that compute are rare, but they exist.
const defaultStepTime = 15 * time.Second

// stall is what the watchdog has seen since the last step.
type stall struct {
	heartbeat uint64
	looks     int
	waits     int           // looks in a row at which what keeps the controller waiting waits itself
	works     int           // looks in a row at which the same goroutine works
	working   string        // which
	cpu       time.Duration // of the process when it was first seen to
	stacks    [][]wire.Frame
}

//go:norace
func (w *worker) watch() {
	stepTime := time.Duration(w.job.StepMillis) * time.Millisecond
	if stepTime <= 0 {
		stepTime = defaultStepTime
	}
	var s stall
	for {
		time.Sleep(look)
		if w.overdrawn(stepTime) {
			w.giveUp(Finding{Kind: wire.Running, Text: "the schedules of this test take too long"})
		}
		if w.current == "" || heartbeat != s.heartbeat {
			s = stall{heartbeat: heartbeat}
			continue
		}
		stacks := allStacks()
		c := stalled(stacks)
		s.see(c)
		switch {
		case s.waits >= stillWaits:
			w.giveUp(Finding{Kind: wire.Unexplorable, Text: c.what(), Stack: stacks, At: c.frames})
		case s.works >= stillWorks && cpuTime()-s.cpu >= stepTime:
			w.giveUp(Finding{Kind: wire.Running, Text: c.what(), Stack: stacks, GivenUp: stepTime.String() + " of processor time without a step", Loops: []wire.Loop{{G: currentID(), Stacks: s.stacks}}})
		case s.looks >= stillAtAll:
			w.giveUp(Finding{Kind: wire.Unexplorable, Text: "nothing moves, and no goroutine says why; is the machine too busy?", Stack: stacks})
		}
	}
}

// overdrawn reports whether a strict job has taken more than its processor time, and
// one step more: its schedule does not come to an end at which that is noticed.
//
//go:norace
func (w *worker) overdrawn(step time.Duration) bool {
	limit := time.Duration(w.job.Millis)*time.Millisecond + step
	if w.kept { // the finding is made small
		limit += minimiseTime
	}
	return w.job.Strict && w.current != "" && cpuTime()-w.cpu > limit
}

// see adds a look at the goroutine that keeps the controller waiting.
func (s *stall) see(c culprit) {
	s.looks++
	if c.working && c.id == s.working {
		s.works++
	} else {
		s.works, s.working, s.cpu, s.stacks = 0, "", 0, nil
	}
	if c.working {
		if s.working == "" {
			s.works, s.working, s.cpu = 1, c.id, cpuTime()
		}
		s.stacks = append(s.stacks, c.frames)
	}
	if c.id != "" && !c.working {
		s.waits++
	} else {
		s.waits = 0
	}
}

// currentID is the goroutine that the controller has picked last, or -1.
//
//go:norace
func currentID() int32 {
	if c := cur; c != nil && c.cur != nil {
		return c.cur.ID
	}
	return -1
}

// giveUp ends the process. What stands still while a finding is made small is a
// schedule that was only tried.
func (w *worker) giveUp(f Finding) {
	if !w.kept {
		w.tell(wire.Outcome{Test: w.current, Kind: f.Kind, Exhausted: -1, Schedules: w.begun, Finding: &f})
	}
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

var header = regexp.MustCompile(`^goroutine (\d+) (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[([^\]]*)\]`)

// culprit is a goroutine of the bubble that keeps the controller waiting.
type culprit struct {
	id      string // the runtime's; "" if there is none
	state   string
	working bool
	frames  []wire.Frame
	where   string
}

// what says what it does, and where.
func (c culprit) what() string {
	if c.working {
		return "a goroutine computes without coming to a point, at " + c.where
	}
	return "a goroutine waits for something that the explorer does not control (" + c.state + "), at " + c.where
}

// stalled looks for the goroutine of the bubble that keeps the controller
// waiting: one that works, or one that waits in a way that a bubble does not
// know to be lasting.
func stalled(stacks string) (found culprit) {
	for _, stack := range strings.Split(stacks, "\n\n") {
		m := header.FindStringSubmatch(stack)
		if m == nil || !strings.Contains(m[2], "synctest bubble") || strings.Contains(m[2], "(durable)") {
			continue
		}
		state, _, _ := strings.Cut(m[2], ",")
		if strings.HasPrefix(state, "synctest") || strings.Contains(stack, "sched.(*Controller).loop") {
			continue
		}
		frames, top := stackFrames(stack)
		c := culprit{id: m[1], state: state, working: state == "running" || state == "runnable", frames: frames, where: top}
		if c.working {
			return c
		}
		if found.id == "" {
			found = c
		}
	}
	return found
}

var framePosition = regexp.MustCompile(`^\s+(\S.*):(\d+)(?: \+0x[0-9a-f]+)?$`)

// stackFrames reads the positions of a stack that are neither the runtime's nor
// the explorer's, and the first of them, or else the very first one.
func stackFrames(stack string) (frames []wire.Frame, top string) {
	lines := strings.Split(stack, "\n")
	for i := 1; i+1 < len(lines); i += 2 {
		m := framePosition.FindStringSubmatch(lines[i+1])
		if m == nil || strings.HasPrefix(lines[i], "created by ") {
			break
		}
		if top == "" {
			top = m[1] + ":" + m[2]
		}
		if Own(lines[i]) || strings.Contains(m[1], runtime.GOROOT()) {
			continue
		}
		line, _ := strconv.Atoi(m[2]) // the pattern has digits only
		name := lines[i]
		if end := strings.LastIndexByte(name, '('); end > 0 {
			name = name[:end]
		}
		if frames == nil {
			top = m[1] + ":" + m[2]
		}
		frames = append(frames, wire.Frame{Func: name, File: m[1], Line: line})
	}
	return frames, top
}

// signalLooks counts the deadlocks of a test that were asked whether they wait for a
// signal. One that does waits for it each time, and each look costs as much as there are
// goroutines left of earlier schedules.
var signalLooks int

const maxSignalLooks = 3

// asksForSignals reports whether a goroutine of a bubble has asked for a signal, in
// code that is not instrumented: the runtime's part of that is in the bubble then,
// where no signal comes, or never answers.
func asksForSignals(stacks string) bool {
	for _, stack := range strings.Split(stacks, "\n\n") {
		head, frames, _ := strings.Cut(stack, "\n")
		if strings.Contains(head, "synctest bubble") && (strings.Contains(frames, "runtime.ensureSigM") || strings.Contains(frames, "os/signal.")) {
			return true
		}
	}
	return false
}
