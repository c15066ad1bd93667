package watch

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watched is a waker whose events, ticks and waits are the test's to give.
type watched struct {
	mark             atomic.Value // of the files, a string
	events           chan struct{}
	ticks            chan time.Time
	settled          chan time.Time
	waits, rewatches atomic.Int32
	changes          chan struct{}
}

func watching(t *testing.T) *watched {
	w := &watched{events: make(chan struct{}), ticks: make(chan time.Time), settled: make(chan time.Time), changes: make(chan struct{}, 1)}
	w.mark.Store("old")
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go waker{
		events: w.events, ticks: w.ticks,
		settled: func() <-chan time.Time { w.waits.Add(1); return w.settled },
		rewatch: func() { w.rewatches.Add(1) },
		mark:    func() string { return w.mark.Load().(string) },
	}.follow(ctx, "old", w.changes)
	return w
}

// settle ends a wait, and returns whether a change has been told of since.
func (w *watched) settle() (told bool) {
	w.settled <- time.Time{}
	synctest.Wait()
	return w.told()
}

func (w *watched) told() bool {
	select {
	case <-w.changes:
		return true
	default:
		return false
	}
}

func TestAnEventIsNoChangeUnlessTheFilesDiffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watching(t)
		w.events <- struct{}{}
		assert.False(t, w.settle(), "touched")
		w.mark.Store("new")
		w.events <- struct{}{}
		assert.True(t, w.settle(), "saved")
		w.events <- struct{}{}
		assert.False(t, w.settle(), "touched again")
	})
}

// An editor empties a file and writes to it: that is one change, and not two.
func TestFilesSettleBeforeTheyAreLookedAt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watching(t)
		w.mark.Store("")
		w.events <- struct{}{}
		synctest.Wait()
		assert.False(t, w.told(), "empty so far")
		w.mark.Store("old")
		assert.False(t, w.settle(), "the same text was saved again")
	})
}

// A stream of events must not put the look off forever.
func TestLaterEventsDoNotPutTheLookOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watching(t)
		w.mark.Store("new")
		for range 10 {
			w.events <- struct{}{}
		}
		synctest.Wait()
		assert.EqualValues(t, 1, w.waits.Load())
		assert.True(t, w.settle())
	})
}

func TestATickFindsWhatNoEventTellsOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watching(t)
		w.ticks <- time.Time{}
		synctest.Wait()
		assert.Zero(t, w.waits.Load(), "nothing has changed")
		w.mark.Store("half")
		w.ticks <- time.Time{}
		synctest.Wait()
		assert.False(t, w.told(), "it may be half written")
		w.mark.Store("new")
		assert.True(t, w.settle())
		assert.EqualValues(t, 2, w.rewatches.Load(), "the folder may be another one")
	})
}

// Changes that are not taken yet count as one.
func TestChangesDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watching(t)
		for _, text := range []string{"a", "b", "c"} {
			w.mark.Store(text)
			w.events <- struct{}{}
			w.settled <- time.Time{}
		}
		synctest.Wait()
		assert.True(t, w.told())
		assert.False(t, w.told())
	})
}

// seenWithin bounds the wait for a change that the test has made: it is only
// reached if the change is never seen.
const seenWithin = time.Minute

func sees(t *testing.T, changes <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-changes:
	case <-time.After(seenWithin):
		require.Fail(t, "not seen: "+what)
	}
}

func content(file string) func() string {
	return func() string {
		text, err := os.ReadFile(file)
		if err != nil {
			return "missing"
		}
		return "text " + string(text)
	}
}

// The ways in which editors save, each seen through the system's events alone.
func TestEverySaveIsSeen(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.go")
	write := func(name, text string) { require.NoError(t, os.WriteFile(name, []byte(text), 0o600)) }
	write(file, "starter")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := Files{Folders: []string{dir}, Mark: content(file)}.Changes(ctx)

	write(file, "truncated and written")
	sees(t, changes, "a write")
	write(file+".tmp", "written beside it")
	require.NoError(t, os.Rename(file+".tmp", file))
	sees(t, changes, "an atomic replacement")
	require.NoError(t, os.Rename(file, file+"~"))
	sees(t, changes, "a file moved away")
	write(file, "and written anew")
	sees(t, changes, "a new file")
	require.NoError(t, os.Remove(file))
	sees(t, changes, "a deletion")
}

// Where the system tells nothing, as of a network file system, polling finds it.
func TestPollingNeedsNoEvents(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.go")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := Files{Poll: time.Millisecond, Mark: content(file)}.Changes(ctx)
	require.NoError(t, os.WriteFile(file, []byte("new"), 0o600))
	sees(t, changes, "a new file")
}

// A folder that was replaced, as `git checkout` may do, is watched again.
func TestAReplacedFolderIsWatchedAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "exercise")
	file := filepath.Join(dir, "a.go")
	require.NoError(t, os.Mkdir(dir, 0o700))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	changes := Files{Folders: []string{dir}, Poll: time.Millisecond, Mark: content(file)}.Changes(ctx)
	require.NoError(t, os.RemoveAll(dir))
	require.NoError(t, os.Mkdir(dir, 0o700))
	require.NoError(t, os.WriteFile(file, []byte("new"), 0o600))
	sees(t, changes, "a file in the new folder")
}
