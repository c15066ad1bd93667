package hitcounter_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/01-hit-counter"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

// Two requests end at the same time; sometimes a third one follows.
func TestScheduleTwoHits(t *testing.T) {
	more := rand.IntN(2)
	var c hitcounter.Counter
	var group sync.WaitGroup
	group.Go(func() { c.Hit(200) })
	group.Go(func() {
		c.Hit(200)
		for range more {
			c.Hit(200)
		}
	})
	group.Wait()
	assert.EqualValues(t, 2+more, c.Stats().Total, "%d requests were answered", 2+more)
	assert.EqualValues(t, 2+more, c.Stats().Classes[1], "%d requests were answered with a 2xx", 2+more)
}

// A scrape while requests are answered: one, or as many as it takes for the counts to change
// under the scrape each time that it looks at them, however often it retries.
func TestScheduleHitAndStats(t *testing.T) {
	r := oracle.Random(t)
	order, hits := r.Perm(hitcounter.Classes), 1
	if retries, ok := life.Limit(r, 1100); ok && r.IntN(max(3, retries/200)) == 0 {
		hits += 2 * (hitcounter.Classes + 1) * retries
	}
	var c hitcounter.Counter
	var got hitcounter.Stats
	var group sync.WaitGroup
	group.Go(func() { got = c.Stats() })
	group.Go(func() {
		for k := range hits {
			c.Hit(100 + 100*order[k%len(order)])
		}
	})
	group.Wait()
	assert.Equal(t, sum(got.Classes), got.Total, "Total and Classes disagree")
	assertInOrder(t, got, order)
	assert.EqualValues(t, hits, c.Stats().Total, "%d requests were answered", hits)
}
