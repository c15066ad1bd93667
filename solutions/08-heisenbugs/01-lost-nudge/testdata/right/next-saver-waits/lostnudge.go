// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save   Save
	saving sync.Mutex // held during a save
	savers sync.WaitGroup

	mu    sync.Mutex        // guards dirty
	dirty map[string]string // nil, unless a saver is on its way that will take it
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
	if d.dirty == nil {
		d.dirty = make(map[string]string)
		d.savers.Go(d.saveNext)
	}
	d.dirty[id] = text
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	d.savers.Wait()
}

// saveNext waits for the running save, and makes the next one.
func (d *Drafts) saveNext() {
	d.saving.Lock()
	defer d.saving.Unlock()
	d.save(d.take())
}

func (d *Drafts) take() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	batch := d.dirty
	d.dirty = nil
	return batch
}
