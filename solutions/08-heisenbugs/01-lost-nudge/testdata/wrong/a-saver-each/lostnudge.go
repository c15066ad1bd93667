// caught by: explore in TestScheduleDraftDuringSave
// Wrong: each nudge starts a save of its own, and two of them run at the same time.

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save Save

	mu     sync.Mutex        // guards what follows
	dirty  map[string]string // what was written and has not been saved
	savers sync.WaitGroup
}

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	return &Drafts{save: save, dirty: make(map[string]string)}
}

// Write sets the text of a draft, and returns immediately. The text is saved in the
// background, unless another one is written for this draft before that.
//
// It may be called from many goroutines at once.
func (d *Drafts) Write(id, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dirty[id] = text
	d.savers.Go(d.saver)
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	d.savers.Wait()
}

// saver saves until there is nothing to save.
func (d *Drafts) saver() {
	for batch := d.next(); len(batch) > 0; batch = d.next() {
		d.save(batch)
	}
}

// next returns what was written since the last save.
func (d *Drafts) next() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	batch := d.dirty
	d.dirty = make(map[string]string)
	return batch
}
