package explore

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"heisenkata/grader/internal/diagnose"
	"heisenkata/grader/internal/explore/instrument"
	"heisenkata/grader/internal/explored"
)

// laneFrame is the function below which a goroutine runs.
var laneFrame = regexp.MustCompile(`/sched\.lane(\d+)\(\)$`)

// races are the two sides of a race, the later one first.
func (n *narrator) races(log string) (sides []explored.Access) {
	var objects [][]string
	accesses := diagnose.Accesses(log)
	for i, a := range accesses {
		side := explored.Access{Operation: operationOf(accesses, i), Goroutine: a.Goroutine}
		var here []string
		for _, f := range a.Frames {
			if m := laneFrame.FindStringSubmatch(f.Function); m != nil {
				g, _ := strconv.Atoi(m[1]) // the pattern has digits only
				side.Goroutine = explored.Name(g)
			}
			if side.File == "" && n.theirs(f.File) {
				side.File, side.Line, side.Source, side.Function = n.relative(f.File), f.Line, n.source(f.File, f.Line), f.Function
				here = n.objectsAt(side.Operation, f.File, f.Line)
			}
		}
		sides, objects = append(sides, side), append(objects, here)
	}
	if len(sides) == 2 {
		sides[0].Object, sides[1].Object = shared(objects[0], objects[1])
	}
	return sides
}

// callOf is the step that makes an access of a WaitGroup.
var callOf = map[string]string{explored.WaitGroupAdd: "waitgroup add", explored.WaitGroupWait: "waitgroup wait"}

// objectsAt is what the code at a line accesses in that way. If no access is known there, it is
// what the line calls a method of: a lock that another goroutine copies has no access of its own.
func (n *narrator) objectsAt(operation, file string, line int) (objects []string) {
	call := callOf[operation]
	for _, c := range n.sites.Calls(file, line) {
		if c.Atomic || slices.Contains(methodsOf[call], c.Method) {
			objects = append(objects, c.Object)
		}
	}
	if call != "" {
		return objects
	}
	if objects = append(objects, n.sites.Objects(file, line, doing(operation))...); len(objects) > 0 {
		return objects
	}
	for _, c := range n.sites.Calls(file, line) {
		objects = append(objects, c.Object)
	}
	return objects
}

// doing is what a site says of such an access.
func doing(operation string) string {
	switch {
	case strings.Contains(operation, "write"), operation == explored.ChannelClose:
		return instrument.Writes
	case strings.Contains(operation, "read"), operation == explored.ChannelSend:
		return instrument.Reads
	}
	return ""
}

// operationOf is what an access of a race is. Those by which the detector finds a
// WaitGroup.Add that nothing orders before Wait are no reads and writes of the code:
// the drop-in makes them by a call, a read for Add and a write for Wait. To the detector, closing
// a channel writes and sending to it reads.
func operationOf(accesses []diagnose.Access, i int) string {
	if frames := accesses[i].Frames; len(frames) > 0 {
		switch frames[0].Function {
		case "runtime.closechan()":
			return explored.ChannelClose
		case "runtime.chansend()":
			return explored.ChannelSend
		}
	}
	calls := map[string]string{"runtime.raceread": explored.WaitGroupAdd, "runtime.racewrite": explored.WaitGroupWait}
	var found []string
	for _, a := range accesses {
		if len(a.Frames) > 0 {
			found = append(found, calls[strings.TrimSuffix(a.Frames[0].Function, "()")])
		}
	}
	if len(found) == 2 && found[0] != "" && found[1] != "" && found[0] != found[1] {
		return found[i]
	}
	return accesses[i].Kind
}

// placed finds the steps of a trace that are a race's accesses, and adds those
// that the trace does not have. raced is how many steps there were when the
// detector reported it: the last of them made the later access.
func placed(races []explored.Access, trace []explored.Step, raced int) []explored.Step {
	if len(races) != 2 || raced == 0 || raced > len(trace) {
		return trace
	}
	later, earlier := &races[0], &races[1]
	from := raced - 1
	for from > 0 && trace[from].Plain {
		from--
	}
	i := find(later, trace, from, raced)
	if i < 0 && explored.Name(trace[from].Goroutine) == later.Goroutine {
		i = raced
		trace = slices.Insert(trace, i, stepOf(later, trace[from].Goroutine))
	}
	if i < 0 {
		return trace
	}
	j := find(earlier, trace, 0, i)
	if j < 0 {
		if j = before(earlier, trace[:i]); j < 0 {
			later.Step = i + 1
			return trace
		}
		j++
		trace = slices.Insert(trace, j, stepOf(earlier, trace[j-1].Goroutine))
		i++
	}
	later.Step, earlier.Step = i+1, j+1
	return trace
}

// find is the last step in [from, to) that may be an access, the object's own if
// there is one, or -1.
func find(a *explored.Access, trace []explored.Step, from, to int) int {
	best, points := -1, -1
	for i := to - 1; i >= from; i-- {
		s := trace[i]
		if explored.Name(s.Goroutine) != a.Goroutine || s.File != a.File || s.Line != a.Line || s.Operation == "start" || s.Operation == "go" {
			continue
		}
		if call := callOf[a.Operation]; call != "" && s.Operation != call {
			continue
		}
		is := 1
		switch does := doing(a.Operation); {
		case s.Operation == does && s.Object == a.Object:
			is = 3
		case s.Operation == does || s.Operation == a.Operation:
			is = 2
		case s.Operation == instrument.Reads || s.Operation == instrument.Writes:
			continue // the other half of the line
		}
		if is > points {
			best, points = i, is
		}
	}
	return best
}

// before is the last step of an access's goroutine from which it may have come to
// the access: in the same file and further up, or else any; -1 if there is none.
func before(a *explored.Access, trace []explored.Step) (at int) {
	at = -1
	for i := len(trace) - 1; i >= 0; i-- {
		if s := trace[i]; explored.Name(s.Goroutine) == a.Goroutine {
			if s.File == a.File && s.Line <= a.Line {
				return i
			}
			at = max(at, i)
		}
	}
	return at
}

func stepOf(a *explored.Access, goroutine int) explored.Step {
	operation := a.Operation
	for _, known := range []string{callOf[a.Operation], doing(a.Operation)} {
		if known != "" {
			operation = known
			break
		}
	}
	return explored.Step{Goroutine: goroutine, Operation: operation, Object: a.Object, File: a.File, Line: a.Line, Source: a.Source, Plain: true}
}
