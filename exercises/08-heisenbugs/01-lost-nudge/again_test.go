package lostnudge_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/08-heisenbugs/01-lost-nudge"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// A disk is full for a while: each save writes its texts again, itself or on another
// goroutine, which it waits for.
func TestSaveTriesAgain(t *testing.T) {
	random := oracle.Random(t)
	large := oracle.Large(t)
	for use := range 2 * uses {
		other := use >= uses
		bubble(t, func(t *testing.T) {
			var d *lostnudge.Drafts
			full := life.Size(random, 100)
			if large && use%uses == goesOn {
				full = oracle.Many()
			}
			disk := &plainDisk{use: use % uses, during: func(n int, batch texts) {
				again := func() {
					if n < full {
						write(d, batch)
					}
				}
				if other {
					var group sync.WaitGroup
					group.Go(again)
					group.Wait()
				} else {
					again()
				}
			}}
			d = lostnudge.New(disk.save)
			defer d.Close()
			synctest.Wait()
			all := someTexts(random, 1)
			write(d, all)
			synctest.Wait()
			if assert.Equal(t, full+1, disk.number(), "number of saves: the disk was full, and each of the first %d wrote the draft again and returned. "+
				"Nothing is running now", full) {
				disk.assertSaved(t, all, "The disk was full for a while")
			}
			disk.assertOrderly(t)
		})
	}
	if large && !t.Failed() {
		manyTryAgain(t, random)
	}
}

// maxWrites bounds how many texts manyTryAgain writes for a number that the grader has
// seen in the fix.
const maxWrites = 1<<20 + 1

// manyTryAgain writes some texts, and each of many saves writes all of its texts again.
// Whatever a Write leaves behind for the saver, a save has to take with it for all of
// them: the product is larger than what any channel has room for.
func manyTryAgain(t *testing.T, random *rand.Rand) {
	t.Helper()
	writes := oracle.Beyond(200_000, maxWrites)
	full := 1000 + random.IntN(9000)
	size := writes/full + 3
	for _, closing := range []bool{false, true} {
		var d *lostnudge.Drafts
		var saves, lastSize atomic.Int64
		ready, last := make(chan bool), make(chan bool)
		d = lostnudge.New(func(batch map[string]string) {
			<-ready
			lastSize.Store(int64(len(batch)))
			switch n := saves.Add(1); {
			case n <= int64(full):
				write(d, batch)
			case n == int64(full)+1:
				close(last)
			}
		})
		for i := range size {
			d.Write(strconv.Itoa(i), "Dear all")
		}
		oracle.Within(t, func() {
			close(ready)
			if !closing {
				<-last
			}
			d.Close()
		}, fmt.Sprintf("%d drafts are saved, and each of the first %d saves writes its texts again. "+
			"Then a Write does not return, or a text is not saved", size, full))
		assert.Equal(t, int64(full)+1, saves.Load(), "number of saves: each of the first %d wrote its texts again", full)
		assert.Equal(t, int64(size), lastSize.Load(), "the last save gets all that the save before it has written")
	}
}
