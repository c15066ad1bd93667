// caught by: tests in TestSaveTriesAgain
// Wrong: a map that save has emptied is free, it seems. It still belongs to save.

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save    Save
	nudge   chan struct{} // holds one nudge
	closing chan struct{}
	ended   chan struct{}

	mu    sync.Mutex // guards dirty
	dirty map[string]string
	spare map[string]string // of the saver
}

// New returns Drafts that are saved with save.
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

// Write sets the text of a draft.
func (d *Drafts) Write(id, text string) {
	d.mu.Lock()
	d.dirty[id] = text
	d.mu.Unlock()
	select {
	case d.nudge <- struct{}{}:
	default:
	}
}

// Close returns when everything is saved.
func (d *Drafts) Close() {
	close(d.closing)
	<-d.ended
}

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

func (d *Drafts) flush() bool {
	d.mu.Lock()
	batch := d.dirty
	some := len(batch) > 0
	if some {
		d.dirty, d.spare = d.spare, nil
		if d.dirty == nil {
			d.dirty = make(map[string]string)
		}
	}
	d.mu.Unlock()
	if !some {
		return false
	}
	d.save(batch)
	if len(batch) == 0 { // save has emptied it, so it does not need it any more
		d.spare = batch
	}
	return true
}
