//go:build unix

package check

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/grader/internal/run"
)

// The number of sleeping processes is limited, and so is the memory they hold
// together. One that exceeds the limit keeps its processor.
func TestNapsAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		exitSleeps *exitSleeps
		sleeping   int
	}{
		"by number":        {&exitSleeps{most: 2, maxMemory: 1 << 40}, 2},
		"by memory":        {&exitSleeps{most: 100, maxMemory: 3*exitSleepGrowth + 1}, 3},
		"there is no room": {&exitSleeps{most: 100, maxMemory: exitSleepGrowth - 1}, 0},
	} {
		const all = 5
		slots := make(chan struct{}, all)
		var begun []*exitSleep
		for range all {
			slots <- struct{}{}
			n := &exitSleep{exitSleeps: c.exitSleeps, slots: slots}
			n.begin(gone(t))
			n.begin(gone(t))
			begun = append(begun, n)
		}
		assert.Len(t, slots, all-c.sleeping, name)
		for _, n := range begun {
			n.end()
			n.begin(gone(t))
		}
		assert.Empty(t, slots, name)
		assert.Zero(t, c.exitSleeps.count, name)
		assert.Zero(t, c.exitSleeps.memory, name)
	}
}

// gone returns a process that has ended and holds no memory.
func gone(t *testing.T) (p *run.Running) {
	_, err := run.Run(t.Context(), run.Command{Path: "/bin/true", Timeout: testTime, Started: func(r *run.Running) { p = r }})
	assert.NoError(t, err)
	return p
}
