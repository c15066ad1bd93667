package explored

import (
	"regexp"
	"slices"
)

// ours is how Name writes a goroutine. The race detector numbers them in a way
// of its own, which means nothing beside the lanes.
var ours = regexp.MustCompile(`^(test|g\d+)$`)

// located gives the accesses of a race their steps, and our names of their
// goroutines, where the trace tells them: each is the last one that was on that
// line, and no other access's.
func located(races []Access, trace []Step) []Access {
	races = slices.Clone(races)
	taken := map[string]bool{}
	for _, a := range races {
		taken[a.Goroutine] = ours.MatchString(a.Goroutine)
	}
	for i, a := range races {
		switch {
		case a.Step > len(trace):
			races[i].Step = 0
		case a.Step == 0:
			if at := lastOn(a, trace, taken); at >= 0 {
				name := Name(trace[at].Goroutine)
				races[i].Goroutine, races[i].Step, taken[name] = name, at+1, true
			}
		}
	}
	return races
}

// lastOn is the last step on an access's line: of its goroutine if that is known,
// and else of any but those taken; -1 if there is none.
func lastOn(a Access, trace []Step, taken map[string]bool) int {
	known := ours.MatchString(a.Goroutine)
	for i := len(trace) - 1; i >= 0; i-- {
		name := Name(trace[i].Goroutine)
		if trace[i].touches(a) && (known && name == a.Goroutine || !known && !taken[name]) {
			return i
		}
	}
	return -1
}

// touches reports whether a step may be an access: it is on its line.
func (s Step) touches(a Access) bool {
	return s.Goroutine >= 0 && s.Operation != "start" && s.Operation != "go" && s.File == a.File && s.Line == a.Line && a.Line > 0
}

// untilRace is the trace up to the later of two accesses. What ran after it has
// no part in the race. It is all of the trace if they are not both in it.
func untilRace(races []Access, trace []Step) []Step {
	end := 0
	for _, a := range races {
		if a.Step == 0 {
			return trace
		}
		end = max(end, a.Step)
	}
	if end == 0 {
		return trace
	}
	return trace[:end]
}

// racing are the steps of a race's accesses.
func racing(races []Access) (steps []int) {
	for _, a := range races {
		if a.Step > 0 {
			steps = append(steps, a.Step-1)
		}
	}
	return steps
}

// holder finds the goroutine that holds a lock after step i, if the trace tells: the
// last that took it and has not released it since. It is never the one that waits: a
// writer's lock of an RWMutex is recorded before it waits for the readers.
func holder(trace []Step, i, waiter int, object string) (goroutine int, ok bool) {
	released := map[int]int{}
	for ; i >= 0 && object != ""; i-- {
		s := trace[i]
		switch {
		case s.Object != object || s.Goroutine == waiter:
		case s.Operation == "unlock" || s.Operation == "runlock":
			released[s.Goroutine]++
		case (s.Operation == "lock" || s.Operation == "rlock") && released[s.Goroutine] > 0:
			released[s.Goroutine]--
		case s.Operation == "lock" || s.Operation == "rlock":
			return s.Goroutine, true
		}
	}
	return 0, false
}
