package ticketoversell_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/03-beyond-atomics/01-ticket-oversell"
)

// Two customers, one seat, and somebody looks at the display.
func TestScheduleLastSeat(t *testing.T) {
	office := ticketoversell.NewOffice(1)
	var first, second error
	var group sync.WaitGroup
	group.Go(func() { first = office.Buy(paid) })
	group.Go(func() { second = office.Buy(paid) })
	left := office.Left()
	group.Wait()
	assert.NotEqual(t, first == nil, second == nil,
		"1 seat, 2 customers: one of them gets it, and only one. The first got %v, the second %v", first, second)
	assert.Contains(t, []int{0, 1}, left, "there was 1 seat")
	assert.Zero(t, office.Left(), "the only seat is sold")
}

// Four customers at once, and a seat for each of them.
func TestScheduleEnoughForAll(t *testing.T) {
	office := ticketoversell.NewOffice(4)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() { assert.NoError(t, office.Buy(paid), "4 seats, 4 customers") })
	}
	group.Wait()
	assert.Zero(t, office.Left(), "all 4 seats are sold")
}
