package lostnudge_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/08-heisenbugs/01-lost-nudge"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// bubble runs fn in virtual time, where synctest.Wait returns as soon as all other
// goroutines are blocked: there is nothing left to wait for then. A bubble does not
// notice a goroutine that waits for a lock, so the watchdog is outside.
func bubble(t *testing.T, fn func(t *testing.T)) {
	t.Helper()
	oracle.Within(t, func() { oracle.Bubble(t, fn) },
		"a call hangs, or a goroutine runs on and on. Does Write wait for a save, or a save for a lock that is never released?")
}

// someTexts draws a text for each of n ids. Some ids are alike, and some ids and texts
// are empty or long.
func someTexts(r *rand.Rand, n int) texts {
	all, twins := texts{}, life.Twins(r)
	for len(all) < n {
		id := fmt.Sprintf([]string{"%d", "draft-%d", "%d@example.com", "Re: %d"}[r.IntN(4)], r.IntN(4*n))
		if r.IntN(4) == 0 {
			id = twins[r.IntN(len(twins))]
		}
		all[id] = someText(r)
	}
	return all
}

func someText(r *rand.Rand) string {
	if r.IntN(3) == 0 {
		return life.AnyText(r)
	}
	return fmt.Sprint("Dear ", r.IntN(1000))
}

// write writes all texts, in any order.
func write(d *lostnudge.Drafts, all texts) {
	for id, text := range all {
		d.Write(id, text)
	}
}

// When the saver has nothing to do, each text is saved immediately.
func TestWritesOneByOne(t *testing.T) {
	random := oracle.Random(t)
	times := 20
	if oracle.Large(t) {
		times = 300 // more than fits in 8 bits
	}
	bubble(t, func(t *testing.T) {
		disk := &plainDisk{}
		d := lostnudge.New(disk.save)
		defer d.Close()
		synctest.Wait()
		assert.Zero(t, disk.number(), "nothing was written, and nothing is to be saved")
		began := time.Now()
		for n := range times {
			id, text := []string{"", "1", "2"}[random.IntN(3)], []string{"", "Dear", "all"}[random.IntN(3)]
			if n == times-1 {
				id, text = "", ""
			}
			d.Write(id, text)
			synctest.Wait()
			if !assert.Equal(t, n+1, disk.number(), "%d texts were written, and there was time to save each before the next", n+1) {
				return
			}
			assert.Equal(t, texts{id: text}, disk.saves[n], "a save gets what was written since the save before")
		}
		assert.Zero(t, time.Since(began), "a text is to be saved immediately")
		for i, pause := range []time.Duration{time.Minute, time.Hour} {
			time.Sleep(pause)
			assert.Equal(t, times+i, disk.number(), "nothing was written for the last %v, and nothing is to be saved", pause)
			d.Write("late", "Dear all")
			synctest.Wait()
			assert.Equal(t, times+i+1, disk.number(), "a draft was written after a pause of %v", pause)
		}
		disk.assertOrderly(t)
	})
}

// A text is written while a slow save is running. It has missed that one.
func TestWriteDuringSave(t *testing.T) {
	random := oracle.Random(t)
	bubble(t, func(t *testing.T) {
		disk := newSlowDisk()
		disk.use = random.IntN(uses)
		d := lostnudge.New(disk.save)
		defer d.Close()
		all := texts{}
		for round := range 3 + random.IntN(4) {
			first, second := someTexts(random, 1), someTexts(random, 1)
			if !disk.holdSaveOf(t, d, first) {
				return
			}
			began := time.Now()
			write(d, second)
			assert.Zero(t, time.Since(began), "Write is to return immediately")
			disk.goOn <- true
			synctest.Wait()
			maps.Copy(all, first)
			maps.Copy(all, second)
			if !disk.assertSaved(t, all, "A draft was written during a save, and that save has ended") {
				return
			}
			if assert.Equal(t, 2*round+2, disk.number(), "one draft was written before each save, and one during it. There are to be 2 saves a round") {
				assert.Equal(t, second, disk.saves[2*round+1], "this save gets what was written during the one before")
			}
		}
		disk.assertOrderly(t)
	})
}

// Many texts are written while a slow save is running: by one goroutine or a few, of
// few drafts or of many. One more save gets the last text of each.
func TestManyWritesDuringSave(t *testing.T) {
	random := oracle.Random(t)
	manyWrites(t, random, 1, 2)
	manyWrites(t, random, 2+random.IntN(20), 20+random.IntN(50))
	if oracle.Large(t) {
		manyWrites(t, random, 257, 300+random.IntN(100))
		many := oracle.Many()
		manyWrites(t, random, many, many)
		sizes := []int{1<<8 - 1, 1 << 8, 1<<16 - 1, 1 << 16}
		for _, n := range life.Limits(100_000) {
			sizes = append(sizes, n-1, n)
		}
		for _, size := range sizes { // a counter may be 0 again
			manyWrites(t, random, 1+random.IntN(100), size)
		}
	}
}

func manyWrites(t *testing.T, random *rand.Rand, drafts, size int) {
	t.Helper()
	if t.Failed() {
		return
	}
	bubble(t, func(t *testing.T) { manyInBubble(t, random, drafts, size) })
}

func manyInBubble(t *testing.T, random *rand.Rand, drafts, size int) {
	t.Helper()
	disk := newSlowDisk()
	d := lostnudge.New(disk.save)
	defer d.Close()
	first := someTexts(random, 1)
	if !disk.holdSaveOf(t, d, first) {
		return
	}
	here := oracle.WhoIsHere()
	written := writeMany(d, 1+random.IntN(4), drafts, size)
	if few := 20; size >= few {
		waiting := len(here.Others())
		assert.Less(t, waiting, few, "%d goroutines wait: a save is slow, and %d texts were written meanwhile", waiting, size)
	}
	disk.goOn <- true
	synctest.Wait()
	all := maps.Clone(first)
	maps.Copy(all, written)
	if disk.assertSaved(t, all, fmt.Sprintf("%d texts were written during a save, and that save has ended", size)) &&
		assert.Equal(t, 2, disk.number(), "what is written during a save is saved together by the next") {
		assert.True(t, maps.Equal(written, disk.saves[1]), "the second save gets what was written during the first")
	}
	disk.assertOrderly(t)
}

// writeMany writes so many texts of so many drafts on a few goroutines, and returns the
// last text of each draft.
func writeMany(d *lostnudge.Drafts, goroutines, drafts, size int) texts {
	var mu sync.Mutex
	all := texts{}
	oracle.Together(goroutines, func(g int) {
		ids := make([]string, drafts)
		for k := range ids {
			ids[k] = fmt.Sprint(g, " ", k)
		}
		mine := texts{}
		for i := g; i < size; i += goroutines {
			id, text := ids[i%drafts], strconv.Itoa(i)
			d.Write(id, text)
			if i >= size-drafts*goroutines {
				mine[id] = text
			}
		}
		mu.Lock()
		defer mu.Unlock()
		maps.Copy(all, mine)
	})
	return all
}

// A few goroutines write, and saves take no longer than a write does.
func TestWritesMeetSaves(t *testing.T) {
	random := oracle.Random(t)
	for range 5 {
		bubble(t, func(t *testing.T) {
			disk := &plainDisk{use: random.IntN(uses), during: func(n int, _ texts) {
				if n%2 == 0 {
					runtime.Gosched()
				}
			}}
			d := lostnudge.New(disk.save)
			defer d.Close()
			goroutines := 1 + random.IntN(4)
			all := writeMany(d, goroutines, 1+random.IntN(10), goroutines+random.IntN(60))
			synctest.Wait()
			disk.assertSaved(t, all, "A few goroutines wrote drafts, and saves ran meanwhile")
			disk.assertOrderly(t)
		})
		if t.Failed() {
			return
		}
	}
}

// Close waits until all is saved, and leaves nothing running.
func TestCloseSavesTheRest(t *testing.T) {
	random := oracle.Random(t)
	for _, many := range []int{0, 1, 2 + random.IntN(30)} {
		bubble(t, func(t *testing.T) {
			here := oracle.WhoIsHere()
			disk := &plainDisk{}
			d := lostnudge.New(disk.save)
			if random.IntN(2) == 0 {
				synctest.Wait()
			}
			all := someTexts(random, many)
			write(d, all)
			began := time.Now()
			d.Close()
			disk.assertOrderly(t)
			assert.Zero(t, time.Since(began), "all could be saved immediately, and Close waited for something else")
			disk.assertSaved(t, all, "Close has returned")
			saves := disk.number()
			here.AssertNothingGoesOn(t, "Close has returned.")
			assert.Equal(t, saves, disk.number(), "Close has returned, and nothing is to be saved any more")
		})
	}
}

// Close is called during a slow save. That one writes its texts again.
func TestCloseDuringSave(t *testing.T) {
	random := oracle.Random(t)
	bubble(t, func(t *testing.T) {
		here := oracle.WhoIsHere()
		disk := newSlowDisk()
		var d *lostnudge.Drafts
		hold, full := disk.during, 1+random.IntN(3)
		if oracle.Large(t) {
			full = oracle.Many()
		}
		disk.during = func(n int, batch texts) {
			hold(n, batch)
			if n < full {
				write(d, batch)
			}
		}
		d = lostnudge.New(disk.save)
		first, second := someTexts(random, 1), someTexts(random, 1)
		if !disk.holdSaveOf(t, d, first) {
			d.Close()
			return
		}
		write(d, second)
		go func() {
			for range 100 { // so that Close has probably been called
				runtime.Gosched()
			}
			disk.goOn <- true
		}()
		began := time.Now()
		d.Close()
		assert.Zero(t, time.Since(began), "all could be saved immediately, and Close waited for something else")
		all := maps.Clone(first)
		for id, text := range second {
			if _, again := first[id]; !again {
				all[id] = text
			}
		}
		disk.assertSaved(t, all, "Close was called during a save that tried again, and has returned")
		assert.Equal(t, full+1, disk.number(), "number of saves: Close has returned, and each of the first %d wrote its texts again", full)
		disk.assertOrderly(t)
		here.AssertNothingGoesOn(t, "Close has returned.")
	})
}

// Slow saves delay no other Drafts, however many there are.
func TestDraftsAreIndependent(t *testing.T) {
	random := oracle.Random(t)
	for range 4 {
		closedTogether(t, random)
	}
	n := 1 + random.IntN(30)
	if oracle.Large(t) {
		n = oracle.Many()
	}
	bubble(t, func(t *testing.T) {
		goOn := make(chan bool)
		slow, begun := manySlow(n, goOn)
		assert.Equal(t, int64(n), begun.Load(), "number of saves that have begun: a draft was written to each of %d Drafts, and each save is slow", n)
		for range 3 {
			other := &plainDisk{}
			d := lostnudge.New(other.save)
			synctest.Wait()
			all := someTexts(random, 1)
			write(d, all)
			synctest.Wait()
			if !other.assertSaved(t, all, fmt.Sprintf("Saves of %d other Drafts are slow", n)) {
				break
			}
			d.Close()
			other.assertOrderly(t)
		}
		close(goOn)
		for _, d := range slow {
			d.Close()
		}
		assertSavedApart(t, someTexts(random, 3), someTexts(random, 3))
		assert.Equal(t, int64(n), begun.Load(), "number of saves: one draft was written to each of %d Drafts", n)
	})
}

// closedTogether closes a few Drafts whose saves are slow at the same time. Each Close returns
// when its own save does.
func closedTogether(t *testing.T, random *rand.Rand) {
	t.Helper()
	k := 2 + random.IntN(4)
	order, saved := random.Perm(k), random.Perm(k)
	goOn, returned := make([]chan bool, k), make([]chan bool, k)
	drafts := make([]*lostnudge.Drafts, k)
	for i := range drafts {
		goOn[i], returned[i] = make(chan bool), make(chan bool)
		drafts[i] = lostnudge.New(func(texts) { <-goOn[i] })
		drafts[i].Write("id", "text")
	}
	oracle.AllBlocked()
	for _, i := range order {
		go func() {
			defer close(returned[i])
			drafts[i].Close()
		}()
		oracle.AllBlocked()
	}
	for n, i := range saved {
		for _, later := range saved[n:] {
			select {
			case <-returned[later]:
				t.Error("the last save of some Drafts is under way, and Close has returned")
			default:
			}
		}
		close(goOn[i])
		oracle.Within(t, func() { <-returned[i] }, fmt.Sprintf("%d Drafts are closed at the same time. The last save of one has returned, those of others have not, and its Close does not return", k))
	}
}

// assertSavedApart makes two Drafts, which two goroutines write to at the same time.
func assertSavedApart(t *testing.T, all ...texts) {
	t.Helper()
	var group sync.WaitGroup
	disks := make([]plainDisk, len(all))
	for i := range all {
		group.Go(func() {
			d := lostnudge.New(disks[i].save)
			for range 3 {
				write(d, all[i])
			}
			d.Close()
		})
	}
	group.Wait()
	for i := range all {
		disks[i].assertSaved(t, all[i], "Two goroutines have written to Drafts of their own")
		disks[i].assertOrderly(t)
	}
}

// manySlow makes n Drafts and writes to each. Their saves do not end before goOn is
// closed.
func manySlow(n int, goOn chan bool) (slow []*lostnudge.Drafts, begun *atomic.Int64) {
	begun = &atomic.Int64{}
	for range n {
		slow = append(slow, lostnudge.New(func(texts) {
			begun.Add(1)
			<-goOn
		}))
	}
	synctest.Wait()
	for _, d := range slow {
		d.Write("mail", "Dear all")
	}
	synctest.Wait()
	return slow, begun
}
