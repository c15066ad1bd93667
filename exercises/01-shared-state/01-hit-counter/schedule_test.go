package hitcounter_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/01-hit-counter"
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

// A scrape during a request.
func TestScheduleHitAndStats(t *testing.T) {
	var c hitcounter.Counter
	var group sync.WaitGroup
	group.Go(func() { c.Hit(404) })
	got := c.Stats()
	group.Wait()
	assert.Equal(t, sum(got.Classes), got.Total, "Total and Classes disagree")
	assert.EqualValues(t, 1, c.Stats().Total, "1 request was answered")
}
