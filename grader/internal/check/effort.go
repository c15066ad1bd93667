package check

// Effort is how much evidence is gathered.
type Effort string

// The efforts: for a quick look, for a grade, for a final grade.
const (
	Quick    Effort = "quick"
	Normal   Effort = "normal"
	Thorough Effort = "thorough"
)

func once(Effort, bool) []sample { return []sample{{}} }

// times is how much of something there is at an effort.
func (e Effort) times(quick, normal, thorough int) int {
	switch e {
	case Quick:
		return quick
	case Thorough:
		return thorough
	}
	return normal
}

// raceRuns spreads over GOMAXPROCS 2, 4 and 16, where races that a fence hides
// on one processor show. One processor is tried once and never decides alone.
// One process keeps the exit sleep, without which a race in a goroutine that
// outlives the test is missed.
//
// A race-built process takes twenty milliseconds before it begins, so a process
// runs the test several times. That the detector reports a race once per process
// is no matter: at the first one the process ends. Only the thorough effort has a
// process for each run, since what a package keeps is only new once.
func raceRuns(effort Effort, _ bool) (plan []sample) {
	switch effort {
	case Quick:
		return []sample{{procs: 4, then: []int{16}, repeats: 2, exitSleep: true}}
	case Normal:
		return []sample{{procs: 4, repeats: 4, exitSleep: true}, {procs: 2, then: []int{16, 1}, repeats: 3}}
	}
	plan = []sample{{procs: 4, exitSleep: true}}
	for range 12 {
		plan = append(plan, sample{procs: 2}, sample{procs: 4}, sample{procs: 16})
	}
	return append(plan, sample{procs: 1})
}

// repeats varies the processors, and adds load only where time is involved:
// load makes sleepy bugs common and windows of a microsecond rarer. Here too only
// the thorough effort has a process for each run.
func repeats(effort Effort, timing bool) (plan []sample) {
	switch effort {
	case Quick:
		plan = []sample{{procs: 1, then: []int{4}}}
	case Normal:
		plan = []sample{{procs: 1, then: []int{4, 2}, repeats: 2}}
	default:
		for range 10 {
			plan = append(plan, sample{procs: 1}, sample{procs: 4}, sample{procs: 2})
		}
	}
	if timing {
		for range effort.times(0, 2, 6) {
			plan = append(plan, sample{procs: 1, load: true}, sample{procs: 4, load: true})
		}
	}
	return plan
}
