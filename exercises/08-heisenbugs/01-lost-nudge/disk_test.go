package lostnudge_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/08-heisenbugs/01-lost-nudge"
)

type texts = map[string]string

// note is the id of a draft that a disk adds to the maps it gets: they belong to it.
const note = "note"

// What a disk does with a map that it got.
const (
	addsNote = iota
	empties  // removes what it has stored
	goesOn   // has another goroutine empty it, which goes on when the save has returned
	uses     // how many of these there are
)

// A plainDisk records what each save gets.
type plainDisk struct {
	during func(save int, batch texts) // what happens during a save, counted from 0; may be nil
	use    int                         // what it does with its map

	mu       sync.Mutex
	saves    []texts
	given    []texts // the maps of these saves
	running  int
	together bool // two saves ran at the same time
	later    sync.WaitGroup
}

// save is what Drafts call.
func (d *plainDisk) save(batch texts) {
	d.mu.Lock()
	n := len(d.saves)
	d.saves = append(d.saves, maps.Clone(batch))
	d.given = append(d.given, batch)
	d.running++
	d.together = d.together || d.running > 1
	d.mu.Unlock()

	if d.during != nil {
		d.during(n, batch)
	}
	switch d.use {
	case addsNote:
		batch[note] = "saved"
	case empties:
		empty(batch)
	case goesOn:
		d.later.Go(func() { empty(batch) })
	}

	d.mu.Lock()
	d.running--
	d.mu.Unlock()
}

// empty removes all texts, by no function that the race detector does not see.
func empty(batch texts) {
	for id := range batch {
		delete(batch, id)
	}
}

// number returns how many saves have begun.
func (d *plainDisk) number() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.saves)
}

// has returns the texts on the disk.
func (d *plainDisk) has() texts {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := texts{}
	for _, batch := range d.saves {
		maps.Copy(all, batch)
	}
	return all
}

// copies returns what each save got.
func (d *plainDisk) copies() []texts {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.saves)
}

// saves tells the saves apart.
func saves(all []string) string {
	if len(all) == 0 {
		return "no save"
	}
	return strings.Join(all, ", then ")
}

// list lists the texts in the order of their ids.
func list(batch texts) string {
	var all []string
	for _, id := range slices.Sorted(maps.Keys(batch)) {
		all = append(all, id+"="+batch[id])
	}
	return strings.Join(all, " ")
}

// assertSaved fails t unless the disk has these texts. The story says why it should.
func (d *plainDisk) assertSaved(t testing.TB, want texts, story string) bool {
	t.Helper()
	got := d.has()
	missing, example := 0, ""
	for id, text := range want {
		if saved, is := got[id]; !is || saved != text {
			missing, example = missing+1, fmt.Sprintf("%.20q", id)
		}
	}
	switch {
	case missing > 0:
		t.Errorf("%s. Nothing is running any more, and what was written last is not on the disk: %d of %d drafts, such as %s",
			story, missing, len(want), example)
	case len(got) > len(want):
		t.Errorf("%s. %d drafts were written, and %d others were saved", story, len(want), len(got)-len(want))
	}
	return !t.Failed()
}

// assertOrderly fails t unless the saves ran one at a time, each with something to
// save, and with a map that nothing else has changed.
func (d *plainDisk) assertOrderly(t testing.TB) {
	t.Helper()
	d.later.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	assert.Zero(t, d.running, "a save is still running")
	assert.False(t, d.together, "a save began while another one was running")
	for i, batch := range d.given {
		want := d.saves[i]
		if d.use != addsNote {
			want = texts{}
		}
		delete(batch, note)
		switch {
		case len(d.saves[i]) == 0:
			t.Errorf("save %d of %d had nothing to save", i+1, len(d.saves))
		case !maps.Equal(want, batch):
			t.Errorf("the map of save %d of %d was changed after it had been given to the save", i+1, len(d.saves))
		}
		batch[note] = strconv.Itoa(i)
	}
	for i, batch := range d.given {
		if batch[note] != strconv.Itoa(i) {
			t.Errorf("save %d of %d got a map that a later save got, too", i+1, len(d.saves))
		}
	}
}

// A slowDisk can hold a save.
type slowDisk struct {
	*plainDisk
	hold atomic.Bool
	goOn chan bool
}

func newSlowDisk() *slowDisk {
	d := &slowDisk{plainDisk: &plainDisk{}, goOn: make(chan bool)}
	d.during = func(int, texts) {
		if d.hold.Swap(false) {
			<-d.goOn
		}
	}
	return d
}

// holdSaveOf writes while the saver is asleep, and holds the save until goOn.
func (d *slowDisk) holdSaveOf(t testing.TB, drafts *lostnudge.Drafts, batch texts) bool {
	t.Helper()
	synctest.Wait()
	before := d.number()
	d.hold.Store(true)
	write(drafts, batch)
	synctest.Wait()
	return assert.Equal(t, before+1, d.number(), "a draft was written, and its save is to have begun")
}
