package boundedqueue_test

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heisenkata/exercises/07-conditions/01-bounded-queue"
	"heisenkata/exercises/internal/oracle"
)

// Many items come and go, and a queue keeps nothing of them.
func TestNothingIsKept(t *testing.T) {
	random := oracle.Random(t)
	capacity, many := 6+random.IntN(20), 100
	kept := func(f func()) int64 { f(); return 0 }
	if oracle.Large(t) {
		many, kept = 30_000, oracle.Kept
	}
	for _, traffic := range []struct {
		story string
		least int // that many items stay in the queue
		batch int // that many come at a time, and then go
		drain bool
	}{
		{"a queue that is empty again and again", 0, 1 + random.IntN(3), false},
		{"a queue that is never empty and never full", 2 + random.IntN(capacity-4), 1, false},
		{"a queue that is full again and again", capacity - 3, 3, false},
		{"a queue that is drained again and again", 0, 1 + random.IntN(3), true},
	} {
		q := boundedqueue.New[int](capacity)
		_, err := q.Put(make([]int, traffic.least)...)
		require.NoError(t, err)
		passed := 0
		bytes := kept(func() {
			for items := make([]int, traffic.batch); passed < many; {
				n, _ := q.Put(items...)
				if traffic.drain {
					n = len(q.Drain())
				} else {
					for range n {
						_, _ = q.Get()
					}
				}
				if passed += n; n != traffic.batch {
					break
				}
			}
		})
		require.GreaterOrEqual(t, passed, many, "items that have gone through %s", traffic.story)
		assertLittle(t, bytes, many, traffic.story)
		require.Len(t, q.Drain(), traffic.least)
		q.Close()
	}
	bubble(t, func(t *testing.T) {
		q := boundedqueue.New[int](1 + random.IntN(3))
		bytes := kept(func() {
			startPut(q, make([]int, many)...)
			for range many {
				_, _ = q.Get()
			}
			synctest.Wait()
		})
		assertLittle(t, bytes, many, "a queue at which most calls wait")
		q.Close()
	})
}

// assertLittle fails t if as much memory is in use as the items that are gone would take.
func assertLittle(t *testing.T, bytes int64, many int, story string) {
	t.Helper()
	assert.Less(t, bytes, int64(4*many), "%d items have gone through %s, and memory in use grew by this many bytes", many, story)
}
