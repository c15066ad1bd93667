package explored

import (
	"regexp"
	"slices"
)

// ours is how Name writes a goroutine. The race detector numbers them in a way
// of its own, which means nothing beside the lanes.
var ours = regexp.MustCompile(`^(test|g\d+)$`)

// located gives the accesses of a race our names of their goroutines where the
// trace tells them: each is the last one that was on that line, and no other
// access's.
func located(races []Access, trace []Step) []Access {
	races = slices.Clone(races)
	taken := map[string]bool{}
	for _, a := range races {
		taken[a.Goroutine] = ours.MatchString(a.Goroutine)
	}
	for i, a := range races {
		if ours.MatchString(a.Goroutine) {
			continue
		}
		if name := lastOn(a, trace, taken); name != "" {
			races[i].Goroutine, taken[name] = name, true
		}
	}
	return races
}

// lastOn is the goroutine that was last on an access's line, but for those taken.
func lastOn(a Access, trace []Step, taken map[string]bool) string {
	for _, s := range slices.Backward(trace) {
		if name := Name(s.Goroutine); s.touches(a) && !taken[name] {
			return name
		}
	}
	return ""
}

// touches tells whether a step may be an access: it is on its line.
func (s Step) touches(a Access) bool {
	return s.Goroutine >= 0 && !folded(s) && s.File == a.File && s.Line == a.Line
}

// untilRace is the trace up to the later of two accesses. What ran after it has
// no part in the race. It is all of the trace if they are not both in it.
func untilRace(races []Access, trace []Step) []Step {
	end := 0
	for _, a := range located(races, trace) {
		i := len(trace) - 1
		for i >= 0 && !(trace[i].touches(a) && Name(trace[i].Goroutine) == a.Goroutine) {
			i--
		}
		if i < 0 {
			return trace
		}
		end = max(end, i+1)
	}
	if end == 0 {
		return trace
	}
	return trace[:end]
}

// holder finds who holds a lock after step i, if the trace tells: the last who
// took it and has not let go since. It is never the one that waits: a writer's
// lock of an RWMutex is recorded before it waits for the readers.
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
