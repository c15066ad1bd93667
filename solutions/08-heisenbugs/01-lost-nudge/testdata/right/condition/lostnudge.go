// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import (
	"maps"
	"sync"
)

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save  Save
	ended chan struct{} // closed by the saver when it ends

	mu      sync.Mutex // guards what follows
	changed sync.Cond  // dirty or closed has changed
	dirty   map[string]string
	closed  bool
}

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	d := &Drafts{save: save, ended: make(chan struct{}), dirty: make(map[string]string)}
	d.changed.L = &d.mu
	go d.saver()
	return d
}

// Write sets the text of a draft, and returns immediately. The text is saved in the
// background, unless another one is written for this draft before that.
//
// It may be called from many goroutines at once.
func (d *Drafts) Write(id, text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dirty[id] = text
	d.changed.Signal()
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	d.mu.Lock()
	d.closed = true
	d.changed.Signal()
	d.mu.Unlock()
	<-d.ended
}

// saver saves what is written, until Close is called and nothing is left.
func (d *Drafts) saver() {
	defer close(d.ended)
	for batch := d.next(); len(batch) > 0; batch = d.next() {
		d.save(batch)
	}
}

// next waits until there is something to save. It returns nothing after Close.
func (d *Drafts) next() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.dirty) == 0 && !d.closed {
		d.changed.Wait()
	}
	batch := maps.Clone(d.dirty)
	clear(d.dirty)
	return batch
}
