package firsterror_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/05-leaks/03-first-error"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

func TestMain(m *testing.M) { oracle.Main(m) }

// inBubble runs fn in a bubble, whose clock stands still while any goroutine can run,
// and jumps to the next timer when none can. So an hour takes no time, and a goroutine
// that is blocked forever is found.
//
// When fn returns, all calls have ended, and so must everything that Download began.
// Contexts that fn uses are made from ctx.
func inBubble(t *testing.T, fn func(t *testing.T, ctx context.Context)) {
	t.Helper()
	oracle.Bubble(t, func(t *testing.T) {
		caller, cancel := context.WithCancel(context.Background())
		defer cancel()
		ctx := oracle.Watch(caller)
		here := oracle.WhoIsHere()
		fn(t, ctx)
		atOnce := here.Left()
		looks := ctx.Asked()
		time.Sleep(time.Hour)
		switch stacks := here.Left(); {
		case len(stacks) > 0:
			t.Errorf("Download has returned and all calls have ended, but an hour later %d of its goroutines are still "+
				"here. What does each wait for, and what was meant to wake it?\n\n%s", len(stacks), stacks[0])
			return
		case len(atOnce) > 0:
			t.Errorf("Download has returned and all calls have ended, but %d of its goroutines stayed for a while. "+
				"What for?\n\n%s", len(atOnce), strings.Join(atOnce, "\n\n"))
		}
		assert.Equal(t, looks, ctx.Asked(), "Download has returned and all calls have ended, "+
			"but something still uses the context of its caller")
		here.AssertNothingGoesOn(t, "Download returned long ago, and all calls have ended.")
		oracle.AssertReleased(t, caller, "Download has returned and all calls have ended")
	})
}

// someSize is larger, once per process, than any constant in a fix.
func someSize(t *testing.T) int {
	if oracle.Large(t) {
		return oracle.Many()
	}
	return 20 + oracle.Random(t).IntN(20)
}

// sleepUntil returns once everything that is due at that moment has begun.
func sleepUntil(moment time.Time) { time.Sleep(time.Until(moment) + time.Nanosecond) }

func TestAllChunksCome(t *testing.T) {
	var files []*file
	for _, n := range life.Sizes(oracle.Random(t), 30) {
		files = append(files, newFile(n))
	}
	if oracle.Large(t) { // a counter of 8 bits is back at zero
		files = append(files, newFile(256), newFile(300+rand.IntN(300)), longFile())
	}
	for _, f := range files {
		inBubble(t, func(t *testing.T, ctx context.Context) {
			n := len(f.numbers)
			last := f.numbers[rand.IntN(n)]
			began := time.Now()
			chunks, err := f.download(t, ctx, func(ctx context.Context, number int) error {
				begun := ctx.Err()
				if number == last {
					time.Sleep(365 * 24 * time.Hour)
				}
				time.Sleep(rand.N(time.Minute))
				if begun != nil || ctx.Err() != nil {
					t.Errorf("the context of call %d is over, but no call has failed", number)
				}
				return nil
			})
			assert.NoError(t, err)
			f.assertHas(t, chunks, f.numbers, "all chunks have come")
			assert.Less(t, time.Since(began), 365*24*time.Hour+time.Minute, "the calls run at once, and the last one ended earlier")
			f.assertAsked(t)
		})
	}
}

func TestNothingToDo(t *testing.T) {
	chunks, err := firsterror.Download(t.Context(), nil, nil)
	assert.NoError(t, err)
	assert.Empty(t, chunks)
}

// Any number of calls run at once.
func TestCallsAreMadeAtOnce(t *testing.T) {
	f := newFile(someSize(t))
	meeting := oracle.NewMeeting(len(f.numbers))
	oracle.Within(t, func() {
		chunks, err := f.download(t, t.Context(), func(context.Context, int) error {
			meeting.Arrive()
			return nil
		})
		assert.NoError(t, err)
		f.assertHas(t, chunks, f.numbers, "all chunks have come")
	}, fmt.Sprintf("all %d calls should be made at once, but some wait for others", len(f.numbers)))
}

// Any number of downloads run at once.
func TestDownloadsRunSideBySide(t *testing.T) {
	parties := someSize(t)
	meeting := oracle.NewMeeting(parties)
	oracle.Within(t, func() {
		var group sync.WaitGroup
		for range parties {
			group.Go(func() {
				f := newFile(1)
				chunks, err := f.download(t, t.Context(), func(context.Context, int) error {
					meeting.Arrive()
					return nil
				})
				assert.NoError(t, err)
				f.assertHas(t, chunks, f.numbers, "all chunks have come")
			})
		}
		group.Wait()
	}, "these downloads should run concurrently, but some wait for earlier ones")
}

// The calls end one after the other, a second apart, and ignore their context. One fails
// with an error of any kind, and some later ones do, too.
func TestFirstErrorIsReturned(t *testing.T) {
	kinds := append(life.Troubles("mirror is down"), context.Canceled, context.DeadlineExceeded)
	if !oracle.Large(t) { // a hundred runs are quick
		rand.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
		kinds = kinds[:4]
	}
	for i, down := range kinds {
		n := []int{1, 2, 1 + rand.IntN(9), 10 + rand.IntN(20)}[i%4]
		inBubble(t, func(t *testing.T, ctx context.Context) { firstErrorIsReturned(t, ctx, newFile(n), down) })
	}
}

func firstErrorIsReturned(t *testing.T, ctx context.Context, f *file, down error) {
	t.Helper()
	place, first, later := f.someOrder(), rand.IntN(len(f.numbers)), oracle.Sentinel("a later error")
	began := time.Now()
	chunks, err := f.download(t, ctx, func(_ context.Context, number int) error {
		time.Sleep(time.Duration(place[number]+1) * time.Second)
		switch {
		case place[number] == first:
			return down
		case place[number] > first && number%2 == 0:
			return later
		}
		return nil
	})
	assert.Equal(t, time.Duration(first+1)*time.Second, time.Since(began), "Download must return at the moment of the first error")
	oracle.AssertWraps(t, err, down, "this was the first error")
	come := f.until(place, first)
	f.assertHas(t, chunks, come, "beside the error come the chunks until then")
	sleepUntil(began.Add(time.Duration(len(f.numbers)) * time.Second))
	f.assertHas(t, chunks, come, "the other calls have ended, long after the download")
	f.assertAsked(t)
}

// All calls fail, at the same time.
func TestAllCallsFail(t *testing.T) {
	f := newFile(someSize(t))
	said := map[int]error{}
	for _, number := range f.numbers {
		said[number] = oracle.Sentinel("status 503")
	}
	oracle.Within(t, func() {
		inBubble(t, func(t *testing.T, ctx context.Context) {
			chunks, err := f.download(t, ctx, func(_ context.Context, number int) error { return said[number] })
			reported := slices.ContainsFunc(f.numbers, func(number int) bool { return errors.Is(err, said[number]) })
			assert.True(t, reported, "all calls failed, and Download returned none of their errors: %v", err)
			assert.Empty(t, chunks, "no call succeeded")
		})
	}, "all calls fail, and Download does not return")
}

// The caller's context ends before the calls begin or while they run. They ignore it.
func TestCallerGivesUp(t *testing.T) {
	hungUp := oracle.Sentinel("the line is dead")
	for _, end := range append(life.Endings(hungUp), context.Canceled, context.DeadlineExceeded) {
		callerGivesUp(t, end, 5, 0)
		callerGivesUp(t, end, 1, time.Second/2)
		callerGivesUp(t, end, 5+rand.IntN(5), time.Duration(rand.IntN(5))*time.Second+time.Second/2)
	}
	sizes := []int{life.Size(oracle.Random(t), 40)}
	if oracle.Large(t) {
		sizes = append(life.Sizes(oracle.Random(t), 3000), oracle.Many())
	}
	for _, n := range sizes {
		if !t.Failed() {
			callerGaveUpBefore(t, n)
		}
	}
}

// callerGaveUpBefore uses a single processor, so that Download returns before any of its calls has begun.
func callerGaveUpBefore(t *testing.T, n int) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	callerGivesUp(t, context.Canceled, n, 0)
}

func callerGivesUp(t *testing.T, end error, n int, patience time.Duration) {
	t.Helper()
	inBubble(t, func(t *testing.T, ctx context.Context) {
		f := newFile(n)
		place := f.someOrder()
		ctx, done := endsWith(ctx, end, patience)
		defer done()
		synctest.Wait()
		began := time.Now()
		chunks, err := f.download(t, ctx, func(_ context.Context, number int) error {
			time.Sleep(time.Duration(place[number]+1) * time.Second)
			return nil
		})
		assert.Equal(t, patience, time.Since(began), "Download must return at the moment the caller's context ends")
		oracle.AssertWraps(t, err, end, "the caller's context was over, with this error")
		if cause := context.Cause(ctx); !errors.Is(end, cause) {
			assert.NotErrorIs(t, err, cause, "the error of a context is its Err, and not its cause")
		}
		come := f.until(place, int(patience/time.Second))
		f.assertHas(t, chunks, come, "beside the error come the chunks until then")
		sleepUntil(began.Add(time.Duration(len(f.numbers)) * time.Second))
		f.assertHas(t, chunks, come, "the other calls have ended, long after the download")
	})
}

// The calls return only when their context ends.
func TestCallsAreToldToStop(t *testing.T) {
	for _, callerGivesUp := range []bool{false, true} {
		inBubble(t, func(t *testing.T, ctx context.Context) {
			f := newFile(3 + rand.IntN(6))
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			broken, down := f.numbers[rand.IntN(len(f.numbers))], oracle.Sentinel("mirror is down")
			var told atomic.Int64
			_, err := f.download(t, ctx, func(ctx context.Context, number int) error {
				if number == broken {
					time.Sleep(time.Minute)
					if callerGivesUp {
						cancel()
					}
					return down
				}
				select {
				case <-ctx.Done():
					told.Add(1)
				case <-time.After(time.Hour):
				}
				return ctx.Err()
			})
			assert.Error(t, err)
			if !callerGivesUp {
				oracle.AssertWraps(t, err, down, "this call failed by itself, the others because of that")
			}
			synctest.Wait()
			assert.EqualValues(t, len(f.numbers)-1, told.Load(),
				"Download has returned, and this is how many of the calls under way were told to stop")
			time.Sleep(time.Hour)
		})
	}
}

// What comes late does not touch what the caller has: the caller may use it at the same time.
func TestChunksAreTheCallers(t *testing.T) {
	inBubble(t, func(t *testing.T, ctx context.Context) {
		f := newFile(20 + rand.IntN(20))
		quick, broken, down := f.numbers[0], f.numbers[1], oracle.Sentinel("mirror is down")
		returned := make(chan struct{})
		chunks, err := f.download(t, ctx, func(_ context.Context, number int) error {
			switch number {
			case quick:
				return nil
			case broken:
				time.Sleep(time.Second)
				return down
			}
			<-returned
			return nil
		})
		oracle.AssertWraps(t, err, down, "a call failed")
		f.assertHas(t, chunks, []int{quick}, "one chunk has come")
		close(returned)
		for range 100 {
			maps.Copy(chunks, map[int][]byte{quick: []byte("saved")})
		}
		synctest.Wait()
		assert.Equal(t, map[int][]byte{quick: []byte("saved")}, chunks,
			"Download has returned this map, and the caller has saved its chunk. Then the other calls ended")
	})
}
