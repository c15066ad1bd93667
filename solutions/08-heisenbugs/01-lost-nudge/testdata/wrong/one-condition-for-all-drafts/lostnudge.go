// caught by: tests in TestDraftsAreIndependent
// Wrong: all Drafts share one condition, so Signal may wake a Close of other Drafts

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Locks are held for a moment only: one is enough for all.
var (
	mu   sync.Mutex
	idle = sync.NewCond(&mu) // a saver has ended
)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save Save

	saving bool              // there is a saver
	dirty  map[string]string // what was written and has not been saved
}

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	d := &Drafts{save: save, dirty: map[string]string{}}
	return d
}

// Write sets the text of a draft, and returns immediately. The text is saved in the
// background, unless another one is written for this draft before that.
//
// It may be called from many goroutines at once.
func (d *Drafts) Write(id, text string) {
	mu.Lock()
	defer mu.Unlock()
	d.dirty[id] = text
	if !d.saving {
		d.saving = true
		go d.saver()
	}
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	mu.Lock()
	defer mu.Unlock()
	for d.saving {
		idle.Wait()
	}
}

// saver saves until there is nothing left to save.
func (d *Drafts) saver() {
	mu.Lock()
	defer mu.Unlock()
	for len(d.dirty) > 0 {
		batch := d.dirty
		d.dirty = map[string]string{}
		mu.Unlock()
		d.save(batch)
		mu.Lock()
	}
	d.saving = false
	idle.Signal()
}
