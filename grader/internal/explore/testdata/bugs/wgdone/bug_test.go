// finds: deadlock

// Package wgdone waits for all checks; in the broken one a failed check returns without Done.
package wgdone

import (
	"errors"
	"sync"
	"testing"
)

type checks struct {
	wg   sync.WaitGroup
	mu   sync.Mutex
	errs []error
}

// checkLoose reaches Done only if all went well.
func (c *checks) checkLoose(f func() error) {
	if err := f(); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.errs = append(c.errs, err)
		return
	}
	c.wg.Done()
}

func (c *checks) check(f func() error) {
	defer c.wg.Done()
	if err := f(); err != nil {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.errs = append(c.errs, err)
	}
}

func run(t *testing.T, check func(*checks, func() error)) {
	c := new(checks)
	var turn sync.Map
	// The second caller fails: which one that is depends on the schedule.
	visit := func() error {
		if _, seen := turn.LoadOrStore("door", true); seen {
			return errors.New("door is locked")
		}
		return nil
	}
	c.wg.Add(2)
	for range 2 {
		go check(c, visit)
	}
	c.wg.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.errs) != 1 {
		t.Errorf("errors: got %v, want one", c.errs)
	}
}

func TestBug(t *testing.T)   { run(t, (*checks).checkLoose) }
func TestFixed(t *testing.T) { run(t, (*checks).check) }
