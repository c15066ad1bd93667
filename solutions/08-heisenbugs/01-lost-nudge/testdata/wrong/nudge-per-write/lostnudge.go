// caught by: tests in TestSaveTriesAgain
// Wrong: each Write leaves a nudge, and each save takes one, although it saves the texts of
// many. If saves write again, the channel fills up, and Write waits for the saver, in a save.

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save    Save
	nudge   chan struct{} // tells the saver that something was written
	closing chan struct{} // closed by Close
	ended   chan struct{} // closed by the saver when it ends

	mu    sync.Mutex        // guards dirty
	dirty map[string]string // what was written and has not been saved
}

// maxNudges is more than are ever written during one save. A nudge takes no memory.
const maxNudges = 1 << 17

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	d := &Drafts{
		save:    save,
		nudge:   make(chan struct{}, maxNudges),
		closing: make(chan struct{}),
		ended:   make(chan struct{}),
		dirty:   make(map[string]string),
	}
	go d.saver()
	return d
}

// Write sets the text of a draft, and returns immediately. The text is saved in the
// background, unless another one is written for this draft before that.
//
// It may be called from many goroutines at once.
func (d *Drafts) Write(id, text string) {
	d.mu.Lock()
	d.dirty[id] = text
	d.mu.Unlock()

	d.nudge <- struct{}{}
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	close(d.closing)
	<-d.ended
}

// saver saves whenever it is nudged, until Close is called.
func (d *Drafts) saver() {
	defer close(d.ended)
	for {
		select {
		case <-d.nudge:
			d.flush()
		case <-d.closing:
			for d.flush() {
			}
			return
		}
	}
}

// flush saves what was written since the last flush, if there is anything.
func (d *Drafts) flush() (saved bool) {
	d.mu.Lock()
	batch := d.dirty
	d.dirty = make(map[string]string)
	d.mu.Unlock()

	if len(batch) == 0 {
		return false
	}
	d.save(batch)
	return true
}
