// caught by: explore in TestScheduleCloseAtOnce
// Wrong: a saver says that it is done, and looks once more after that. In between Close
// returns, although a text has not been saved.

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import (
	"sync"
	"sync/atomic"
)

// Save stores drafts on disk, given as texts by the ids of the drafts.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background, by a goroutine that is
// there only while there is something to save.
type Drafts struct {
	save    Save
	running atomic.Bool // there is a saver
	idle    *sync.Cond  // told when a saver ends; its lock is mu

	mu    sync.Mutex        // guards dirty
	dirty map[string]string // what was written and has not been saved
}

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	d := &Drafts{save: save, dirty: make(map[string]string)}
	d.idle = sync.NewCond(&d.mu)
	return d
}

// Write sets the text of a draft, and returns immediately.
func (d *Drafts) Write(id, text string) {
	d.mu.Lock()
	d.dirty[id] = text
	d.mu.Unlock()
	d.wake()
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

// wake starts a saver, unless there is one.
func (d *Drafts) wake() {
	if d.running.CompareAndSwap(false, true) {
		go d.run()
	}
}

func (d *Drafts) run() {
	for d.flush() {
	}
	d.running.Store(false)
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.dirty) > 0 { // written after the last flush, when there still was a saver
		d.wake()
	}
	d.idle.Broadcast()
}

// Close returns when everything that was written has been saved.
func (d *Drafts) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for d.running.Load() {
		d.idle.Wait()
	}
}
