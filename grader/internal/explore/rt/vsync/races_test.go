package sync

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/grader/internal/explore/rt/sched"
)

// racy are programs with a race that no primitive orders.
var racy = map[string]func(){
	"readers": func() {
		var rw RWMutex
		n := 0
		read := func() {
			rw.RLock()
			n++
			rw.RUnlock()
		}
		together(read, read)
	},
	"add beside wait": func() {
		var wg WaitGroup
		sched.Go(0, func() {
			wg.Add(1)
			step()
			wg.Done()
		})
		wg.Wait()
	},
	"signal": func() {
		c := NewCond(&Mutex{})
		n := 0
		together(func() {
			n++
			c.Signal()
		}, func() {
			c.Signal()
			n++
		})
	},
	"pool": func() {
		var p Pool
		n := 0
		together(func() {
			n++
			p.Put(1)
		}, func() {
			p.Put(2)
			n++
		})
	},
	"map": func() {
		var m Map
		n := 0
		together(func() {
			n++
			m.Store(1, 1)
		}, func() {
			m.Store(2, 2)
			n++
		})
	},
	"failed try": func() {
		var mu Mutex
		n := 0
		together(func() {
			mu.Lock()
			n++
			step()
			step()
			mu.Unlock()
		}, func() {
			if !mu.TryLock() {
				n++
			} else {
				mu.Unlock()
			}
		})
	},
}

// Races fail the test that has them, so each runs in a process of its own. No
// primitive may hide them: the first schedules have to show each.
func TestNoRaceIsHidden(t *testing.T) {
	if !sched.RaceOn {
		t.Skip("needs the race detector")
	}
	const variable = "HEISENKATA_RACY"
	if f := racy[os.Getenv(variable)]; f != nil {
		found := explore(t, 20, f)
		require.NotNil(t, found)
		assert.Equal(t, sched.Race, found.Kind)
		return
	}
	for name := range racy {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestNoRaceIsHidden$")
			cmd.Env = append(os.Environ(), variable+"="+name)
			out, err := cmd.CombinedOutput()
			assert.Error(t, err)
			assert.Contains(t, string(out), "WARNING: DATA RACE")
			assert.NotContains(t, string(out), "Error Trace", strings.TrimSpace(string(out)))
		})
	}
}
