package testing

import (
	"testing"

	"heisenkata/grader/internal/explore/rt/sched"
)

// Drive explores the registered tests, as the job in the environment says.
func Drive(t *testing.T) {
	noteProcess()
	defer Restore() // after the last test, of what its schedules have left
	var list []sched.Test
	for _, n := range Tests() {
		list = append(list, sched.Test{Name: n.Name, Run: func() { RunTop(n.Name, n.F) }, Skipped: Skipped})
	}
	sched.Drive(t, list)
}
