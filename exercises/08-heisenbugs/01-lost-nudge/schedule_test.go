package lostnudge_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/08-heisenbugs/01-lost-nudge"
	"heisenkata/exercises/internal/oracle"
)

// The server starts, reads its settings, and then the first draft is written. Whether
// the saver is asleep by then depends on the machine.
func TestScheduleFirstDraft(t *testing.T) {
	oracle.InBubble(t, func(t *testing.T) {
		disk := &plainDisk{}
		d := lostnudge.New(disk.save)
		defer d.Close()
		readSettings()
		d.Write("mail", "Dear all")
		synctest.Wait()
		disk.assertSaved(t, texts{"mail": "Dear all"}, "The first draft was written")
	})
}

// readSettings keeps a processor busy for a fraction of a millisecond.
func readSettings() (sum uint64) {
	for i := range uint64(300_000) {
		sum = sum*31 + i
	}
	return sum
}

// Two goroutines write a draft each. One of them may do so while the other one's is
// saved.
func TestScheduleTwoDrafts(t *testing.T) {
	oracle.InBubble(t, func(t *testing.T) {
		disk := &plainDisk{}
		d := lostnudge.New(disk.save)
		defer d.Close()
		var group sync.WaitGroup
		group.Go(func() { d.Write("mail", "Dear all") })
		d.Write("reply", "Dear Ann")
		group.Wait()
		synctest.Wait()
		disk.assertSaved(t, texts{"mail": "Dear all", "reply": "Dear Ann"}, "Two drafts were written by two goroutines")
		disk.assertOrderly(t)
	})
}

// The first save does not end before a second draft has been written, by another
// goroutine.
func TestScheduleDraftDuringSave(t *testing.T) {
	oracle.InBubble(t, func(t *testing.T) {
		begun, written := make(chan bool), make(chan bool)
		disk := &plainDisk{during: func(n int, _ texts) {
			if n == 0 {
				close(begun)
				<-written
			}
		}}
		d := lostnudge.New(disk.save)
		defer d.Close()
		synctest.Wait() // the saver is asleep
		var group sync.WaitGroup
		group.Go(func() {
			<-begun
			d.Write("reply", "Dear Ann")
			close(written)
		})
		d.Write("mail", "Dear all")
		group.Wait()
		synctest.Wait()
		disk.assertSaved(t, texts{"mail": "Dear all", "reply": "Dear Ann"}, "The second draft was written during the save of the first")
		disk.assertOrderly(t)
	})
}

// A draft is saved and written again, and Drafts is closed at once, perhaps when the saver
// has just found nothing more to do.
func TestScheduleCloseAtOnce(t *testing.T) {
	oracle.InBubble(t, func(t *testing.T) {
		saved := make(chan bool)
		disk := &plainDisk{during: func(n int, _ texts) {
			if n == 0 {
				close(saved)
			}
		}}
		d := lostnudge.New(disk.save)
		synctest.Wait() // the saver is asleep
		d.Write("mail", "Dear all")
		<-saved
		d.Write("mail", "Dear Ann")
		d.Close()
		disk.assertSaved(t, texts{"mail": "Dear Ann"}, "A draft was written twice, and Close has returned")
		disk.assertOrderly(t)
		saves := disk.number()
		synctest.Wait()
		assert.Equal(t, saves, disk.number(), "Close has returned, and save was called again")
	})
}

// The first save writes another draft, and Close may be called meanwhile.
func TestScheduleSaveWrites(t *testing.T) {
	oracle.InBubble(t, func(t *testing.T) {
		var d *lostnudge.Drafts
		disk := &plainDisk{during: func(n int, batch texts) {
			if n == 0 {
				d.Write("again", "Dear all")
			}
		}}
		d = lostnudge.New(disk.save)
		d.Write("mail", "Dear all")
		d.Close()
		disk.assertSaved(t, texts{"mail": "Dear all", "again": "Dear all"}, "The first save wrote another draft, and Close has returned")
		disk.assertOrderly(t)
	})
}
