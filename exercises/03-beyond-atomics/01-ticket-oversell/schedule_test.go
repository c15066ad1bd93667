package ticketoversell_test

import (
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/03-beyond-atomics/01-ticket-oversell"
)

// Two customers, one seat, and a reader of the display.
func TestScheduleLastSeat(t *testing.T) {
	office := ticketoversell.NewOffice(1)
	var first, second error
	var group sync.WaitGroup
	group.Go(func() { first = office.Buy(paid) })
	group.Go(func() { second = office.Buy(paid) })
	left := office.Left()
	group.Wait()
	assert.NotEqual(t, first == nil, second == nil,
		"1 seat, 2 customers: exactly one of them must get it. The first got %v, the second %v", first, second)
	assert.Contains(t, []int{0, 1}, left, "there was 1 seat")
	assert.Zero(t, office.Left(), "the only seat is sold")
}

// Four customers at once, with a seat for each. One may buy for a large group:
// whenever another looks at the seats, one more is gone.
func TestScheduleEnoughForAll(t *testing.T) {
	party := []int{1, 1, 256, 800}[rand.IntN(4)]
	seats := party + 3
	office := ticketoversell.NewOffice(seats)
	buy := func() {
		assert.NoError(t, office.Buy(paid), "there are %d seats for as many tickets, but a customer was turned away", seats)
	}
	var group sync.WaitGroup
	for range 3 {
		group.Go(buy)
	}
	group.Go(func() {
		for range party {
			buy()
		}
	})
	group.Wait()
	assert.Zero(t, office.Left(), "all %d seats are sold", seats)
}
