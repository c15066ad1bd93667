// caught by: tests or leak in TestWriteDuringSave
// Wrong: without a saver there is nothing to nudge. Each Write saves, and waits for the saves of others.

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save Save

	mu sync.Mutex // held during a save
}

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	return &Drafts{save: save}
}

// Write sets the text of a draft, and returns immediately. The text is saved in the
// background, unless another one is written for this draft before that.
//
// It may be called from many goroutines at once.
func (d *Drafts) Write(id, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.save(map[string]string{id: text})
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
}
