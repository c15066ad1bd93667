// caught by: tests in TestManyWritesDuringSave
// Wrong: a thousand texts have room. Write number 1001 during a slow save waits for its end.

// Package lostnudge saves the drafts of a mail server in the background.
package lostnudge

// Save stores drafts on disk, given as texts by the ids of the drafts. It may be slow,
// and it may call Write, for example to try again after an error. The map belongs to it.
type Save func(texts map[string]string)

// Drafts collects what is written, and saves it in the background.
type Drafts struct {
	save  Save
	ended chan struct{} // closed by the saver when it ends
	queue chan draft
	left  chan struct{}
}

type draft struct{ id, text string }

// New returns Drafts that are saved with save, by one call at a time.
func New(save Save) *Drafts {
	d := &Drafts{save: save, ended: make(chan struct{}), left: make(chan struct{}), queue: make(chan draft, 1000)}
	go d.saver()
	return d
}

// Write sets the text of a draft, and returns immediately. The text is saved in the
// background, unless another one is written for this draft before that.
//
// It may be called from many goroutines at once.
func (d *Drafts) Write(id, text string) {
	d.queue <- draft{id, text}
}

// Close returns when everything that was written has been saved. It is called once,
// and after the last Write, except for those that a save makes.
func (d *Drafts) Close() {
	close(d.left)
	<-d.ended
}

// saver saves whatever is in the queue, until Close is called.
func (d *Drafts) saver() {
	defer close(d.ended)
	for {
		select {
		case first := <-d.queue:
			d.save(d.withAllOthers(first))
		case <-d.left:
			for len(d.queue) > 0 {
				d.save(d.withAllOthers(<-d.queue))
			}
			return
		}
	}
}

// withAllOthers returns a draft and those that are in the queue.
func (d *Drafts) withAllOthers(first draft) map[string]string {
	batch := map[string]string{first.id: first.text}
	for {
		select {
		case next := <-d.queue:
			batch[next.id] = next.text
		default:
			return batch
		}
	}
}
