// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save    Save
	closing chan struct{} // closed by Close
	ended   chan struct{} // closed by the saver when it ends

	mu    sync.Mutex             // held by Write
	dirty chan map[string]string // has what is to be saved, or nothing
}

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	d := &Drafts{
		save:    save,
		closing: make(chan struct{}),
		ended:   make(chan struct{}),
		dirty:   make(chan map[string]string, 1),
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
	defer d.mu.Unlock()
	var batch map[string]string
	select {
	case batch = <-d.dirty:
	default: // the saver has taken it
		batch = make(map[string]string)
	}
	batch[id] = text
	d.dirty <- batch // there is room: only Write fills it, and this is the only call
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	close(d.closing)
	<-d.ended
}

// saver saves each batch, until Close is called and there is none.
func (d *Drafts) saver() {
	defer close(d.ended)
	for {
		select {
		case batch := <-d.dirty:
			d.save(batch)
		case <-d.closing:
			d.saveRest()
			return
		}
	}
}

func (d *Drafts) saveRest() {
	for {
		select {
		case batch := <-d.dirty:
			d.save(batch)
		default:
			return
		}
	}
}
