package sessionregistry_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/01-shared-state/03-session-registry"
	"heisenkata/exercises/internal/oracle"
)

// fill puts up to most sessions into reg, under the tokens "0", "1", …, and returns how many.
// A fix may copy the map in each Put: that is right, but slow, so then there are fewer.
func fill(reg *sessionregistry.Registry, most int, session func(i int) sessionregistry.Session) (many int) {
	put := func(from, to int) {
		for i := from; i < to; i++ {
			reg.Put(fmt.Sprint(i), session(i))
		}
	}
	put(0, min(300, most))
	before := allocated()
	put(300, min(400, most))
	if allocated()-before > 512<<10 {
		most = min(most, 1025+most%100)
	}
	put(400, most)
	return most
}

// allocated returns how many bytes have been allocated so far.
func allocated() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.TotalAlloc
}

// expires returns sessions of Ann that expire at one time, or in turn at several.
func expires(at ...int64) func(i int) sessionregistry.Session {
	return func(i int) sessionregistry.Session {
		return sessionregistry.Session{User: "Ann", Expires: at[i%len(at)]}
	}
}

// sweepMany sweeps more sessions than 16 bits can count.
func sweepMany(t *testing.T) {
	t.Helper()
	var reg sessionregistry.Registry
	many := fill(&reg, 1<<16+oracle.Many(), expires(30, 60))
	require.Equal(t, many, reg.Len(), "the number of sessions")
	require.Equal(t, (many+1)/2, reg.Sweep(expiredAt(30)), "number of sessions that were over")
	require.Equal(t, many/2, reg.Len(), "number of sessions that were not over")
	require.Equal(t, many/2, reg.Sweep(expiredAt(60)), "number of sessions that were over")
	require.Zero(t, reg.Len(), "all sessions were over")
}

// reaches lets other goroutines run until count is n, or all of them are blocked. It reports
// whether it is n.
func reaches(count *atomic.Int64, n int64) bool {
	for last := int64(-1); count.Load() < n; {
		for k := 0; k < 100 && count.Load() < n; k++ {
			runtime.Gosched()
		}
		if now := count.Load(); now != last {
			last = now
			continue
		}
		oracle.Settled()
		if count.Load() == last {
			return false
		}
	}
	return true
}

// assertDoesNotGiveUp fails t unless a sweep removes what is over, although each time that it
// looks another session that expires then is put, that many times. over returns true only once
// for a session: that is enough. If Put waits for the sweep, nothing changes while it looks.
func assertDoesNotGiveUp(t *testing.T, changes int, expires int64) {
	t.Helper()
	var reg sessionregistry.Registry
	reg.Put("old", sessionregistry.Session{User: "Ann", Expires: 30})
	change := make(chan struct{})
	var puts atomic.Int64
	var mu sync.Mutex // guards the rest, if a fix calls over on several goroutines
	asked, waits, said := 0, false, map[sessionregistry.Session]bool{}
	over := func(s sessionregistry.Session) bool {
		mu.Lock()
		defer mu.Unlock()
		if asked < changes && !waits {
			asked++
			change <- struct{}{}
			waits = !reaches(&puts, int64(asked))
		}
		before := said[s]
		said[s] = true
		return s.Expires <= 30 && !before
	}
	removed, during := 0, 0 // during: puts after which the old session was still there
	oracle.Within(t, func() {
		oracle.Together(2, func(i int) {
			if i == 0 {
				defer close(change)
				removed = reg.Sweep(over)
				return
			}
			for range change {
				reg.Put("new", sessionregistry.Session{User: fmt.Sprint("Bob ", puts.Load()), Expires: expires})
				if _, found := reg.Get("old"); found {
					during++
				}
				puts.Add(1)
			}
		})
	}, "customers log in during a sweep, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
	_, found := reg.Get("old")
	require.False(t, found, "over has returned true for a session, once, and the session is still there after the sweep. Sessions that were put while the sweep looked: %d", asked)
	_, found = reg.Get("new")
	if expires <= 30 && during == asked {
		require.False(t, found, "a session was put during the sweep, the last of %d, and was over. Then the sweep removed one that is older, and not this one", asked)
	}
	gone := 1
	if expires <= 30 && (during > 0 || !found) {
		gone = 2
	}
	require.Equal(t, gone, removed, "number of sessions that were over and are gone. Sessions that were put while the sweep looked, which expire at %[2]d: %[1]d", asked, expires)
	require.Equal(t, found, reg.Len() == 1, "no session may be left except the one that was put last")
	require.True(t, found || expires <= 30, "the session that was put during the sweep was not over, and is gone")
}

// assertAllAtOnce fails t unless those sessions are left that were renewed during a sweep, each
// by a customer of its own and all at once.
func assertAllAtOnce(t *testing.T, most int) {
	t.Helper()
	var reg sessionregistry.Registry
	many := fill(&reg, most, expires(30))
	if many < most {
		many = 257 + many%100 // each Put copies the map, and may do so several times
	}
	looking, once := make(chan struct{}), sync.Once{}
	var begun, ended atomic.Int64
	over := func(s sessionregistry.Session) bool {
		once.Do(func() {
			close(looking)
			for k := 0; k < 200 && ended.Load() < int64(many); { // a Put may return now, or may have to wait
				runtime.Gosched()
				if begun.Load() == int64(many) {
					k++
				}
			}
		})
		return s.Expires <= 30
	}
	oracle.Within(t, func() {
		oracle.Together(many+1, func(i int) {
			if i == many {
				reg.Sweep(over)
				return
			}
			<-looking
			begun.Add(1)
			reg.Put(fmt.Sprint(i), sessionregistry.Session{User: "Ann", Expires: 60})
			ended.Add(1)
		})
	}, "sessions are renewed during a sweep, all at once, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
	require.Equal(t, many, reg.Len(), "number of sessions that were renewed until 60, and the sweep was at 30")
	for i := range many {
		session, found := reg.Get(fmt.Sprint(i))
		require.True(t, found && session.Expires == 60, "session %d was renewed until 60 during the sweep at 30: %+v, %v", i, session, found)
	}
}

// assertNoHalfSweep fails t unless the others see all sessions or none while all are being
// swept, and one of two sweeps removes all of them.
func assertNoHalfSweep(t *testing.T, most int) {
	t.Helper()
	var reg sessionregistry.Registry
	many := fill(&reg, most, expires(30))
	var looks, reads atomic.Int64
	var swept atomic.Bool
	over := func(sessionregistry.Session) bool {
		if looks.Add(1) == 1 {
			reaches(&reads, reads.Load()+20) // others read now, or have to wait
		} else if looks.Load()%256 == 0 {
			runtime.Gosched()
		}
		return true
	}
	sweep := func() {
		defer swept.Store(true)
		if n := reg.Sweep(over); n != 0 && n != many {
			assert.Fail(t, "half a sweep", "%d sessions were over, and two sweeps began. One removed %d", many, n)
		}
	}
	read := func() {
		gone := false
		for i := 0; !swept.Load(); i++ {
			runtime.Gosched() // where no reader has to wait, the sweep would
			n := reg.Len()
			_, found := reg.Get(fmt.Sprint(i % many))
			if n != 0 && n != many || gone && (found || n > 0) {
				assert.Fail(t, "half a sweep", "all of %d sessions are over. During the sweep Len returned %d, and then Get %v", many, n, found)
				return
			}
			gone = n == 0 || !found
			reads.Add(1)
		}
	}
	oracle.Within(t, func() {
		oracle.Together(4, func(i int) { []func(){sweep, sweep, read, read}[i]() })
	}, "sessions are counted during a sweep, and a call hangs. Which lock does it wait for, and which goroutine could release it?")
	require.Zero(t, reg.Len(), "all sessions were over")
}
