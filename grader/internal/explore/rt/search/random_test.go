package search

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// slipped is how often time passes in so many choices of a schedule.
func slipped(d *draw, schedule, choices int) (n int) {
	d.begin(schedule)
	for range choices {
		if d.slips(View{Slip: true}) {
			n++
		}
	}
	return n
}

// Time passes in one schedule out of four as often as ever, but less and less so, or what
// ticks start would never come to its end.
func TestTimePassesLessAndLess(t *testing.T) {
	for seed := range uint64(20) {
		d := &draw{seed: seed, length: new(int)}
		assert.Zero(t, slipped(d, 0, 1000))
		often, later := slipped(d, 3*period, 100), 0
		assert.Greater(t, often, 20)
		for range 10_000 {
			d.slips(View{Slip: true})
		}
		for range 100 {
			if d.slips(View{Slip: true}) {
				later++
			}
		}
		assert.Less(t, later, 10)
	}
}

// In a long schedule time passes a few times in some, and in a short one as likely.
func TestTimePassesAFewTimes(t *testing.T) {
	short, long := 20, 10_000
	var few, some int
	for seed := range uint64(20) {
		few += slipped(&draw{seed: seed, length: &long}, period, long)
		some += slipped(&draw{seed: seed, length: &long}, 2*period, long)
		assert.Greater(t, slipped(&draw{seed: seed, length: &short}, 2*period, 1000), 60)
	}
	assert.InDelta(t, 20*2, few, 25)
	assert.InDelta(t, 20*8, some, 60)
}
