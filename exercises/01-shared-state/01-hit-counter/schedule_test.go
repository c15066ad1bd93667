package hitcounter_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/01-shared-state/01-hit-counter"
)

// Two requests end at the same time.
func TestScheduleTwoHits(t *testing.T) {
	var c hitcounter.Counter
	var group sync.WaitGroup
	group.Go(func() { c.Hit(200) })
	group.Go(func() { c.Hit(200) })
	group.Wait()
	assert.EqualValues(t, 2, c.Stats().Total, "2 requests were answered")
	assert.EqualValues(t, 2, c.Stats().Classes[1], "2 requests were answered with a 2xx")
}

// A scrape meets a request.
func TestScheduleHitAndStats(t *testing.T) {
	var c hitcounter.Counter
	var group sync.WaitGroup
	group.Go(func() { c.Hit(404) })
	got := c.Stats()
	group.Wait()
	assert.Equal(t, sum(got.Classes), got.Total, "Total and Classes are not of one moment")
}
