// caught by: tests, race or repeat in TestWritesOneByOne
// Wrong: there is something to save if bytes were written. An empty text of an empty id has none, and is lost.

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save    Save
	nudge   chan struct{} // holds a nudge until the saver takes it
	closing chan struct{} // closed by Close
	ended   chan struct{} // closed by the saver when it ends

	mu    sync.Mutex        // guards those below
	dirty map[string]string // what was written and has not been saved
	bytes int               // of ids and texts that were written since the last save
}

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	d := &Drafts{
		save:    save,
		nudge:   make(chan struct{}, 1),
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
	d.bytes += len(id) + len(text)
	d.mu.Unlock()

	select {
	case d.nudge <- struct{}{}:
	default: // a nudge is waiting: the saver will see this text when it takes it
	}
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
	batch, bytes := d.dirty, d.bytes
	d.dirty, d.bytes = make(map[string]string), 0
	d.mu.Unlock()

	if bytes == 0 {
		return false
	}
	d.save(batch)
	return true
}
