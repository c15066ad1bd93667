// caught by: tests in TestCloseDuringSave
// Wrong: a disk that stays full cannot hold up Close. After nine saves that write again a text is lost.

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
			for range 8 { // a disk that stays full must not hold up Close forever
				if !d.flush() {
					break
				}
			}
			return
		}
	}
}

func (d *Drafts) flush() bool {
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
