// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

import "sync/atomic"

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save    Save
	nudge   chan struct{} // holds one nudge
	closing chan struct{}
	ended   chan struct{}
	newest  atomic.Pointer[written] // a save takes all of them
}

type written struct {
	id, text string
	older    *written
}

// New returns Drafts that are saved with save.
func New(save Save) *Drafts {
	d := &Drafts{
		save:    save,
		nudge:   make(chan struct{}, 1),
		closing: make(chan struct{}),
		ended:   make(chan struct{}),
	}
	go d.saver()
	return d
}

// Write puts a text on the stack. The one that finds the stack empty nudges the saver: it
// becomes empty only if a save gets all that was in it.
func (d *Drafts) Write(id, text string) {
	w := &written{id: id, text: text}
	for {
		w.older = d.newest.Load()
		if d.newest.CompareAndSwap(w.older, w) {
			break
		}
	}
	if w.older != nil {
		return
	}
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

// flush saves what was written since the last flush, if there is anything. The newest text
// of a draft comes first.
func (d *Drafts) flush() bool {
	w := d.newest.Swap(nil)
	if w == nil {
		return false
	}
	batch := map[string]string{}
	for ; w != nil; w = w.older {
		if _, newer := batch[w.id]; !newer {
			batch[w.id] = w.text
		}
	}
	d.save(batch)
	return true
}
