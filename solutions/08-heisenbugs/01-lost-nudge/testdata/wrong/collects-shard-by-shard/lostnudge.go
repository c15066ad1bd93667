// caught by: explore in TestScheduleManyCalls
// Wrong: writers wait less. A save may get a later text without an earlier one, if both were written while it collected.

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
	save    Save
	nudge   chan struct{} // holds one nudge
	closing chan struct{}
	ended   chan struct{}
	shards  [16]shard // by the length of the id
}

type shard struct {
	mu    sync.Mutex
	dirty map[string]string
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

// Write sets the text of a draft.
func (d *Drafts) Write(id, text string) {
	s := &d.shards[len(id)%len(d.shards)]
	s.mu.Lock()
	if s.dirty == nil {
		s.dirty = map[string]string{}
	}
	s.dirty[id] = text
	s.mu.Unlock()
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
	batch := map[string]string{}
	for i := range d.shards {
		s := &d.shards[i]
		s.mu.Lock()
		maps.Copy(batch, s.dirty)
		s.dirty = nil
		s.mu.Unlock()
	}
	if len(batch) == 0 {
		return false
	}
	d.save(batch)
	return true
}
