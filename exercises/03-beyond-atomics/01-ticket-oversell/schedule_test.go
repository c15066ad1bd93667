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

// Two customers, two seats.
func TestScheduleEnoughForBoth(t *testing.T) {
	office := ticketoversell.NewOffice(2)
	var first, second error
	var group sync.WaitGroup
	group.Go(func() { first = office.Buy(paid) })
	group.Go(func() { second = office.Buy(paid) })
	group.Wait()
	assert.NoError(t, first, "2 seats, 2 customers")
	assert.NoError(t, second, "2 seats, 2 customers")
	assert.Zero(t, office.Left(), "both seats are sold")
}

// Two customers, one seat, and one of them has a card that is declined.
func TestScheduleDeclinedCard(t *testing.T) {
	office := ticketoversell.NewOffice(1)
	var second error
	var group sync.WaitGroup
	group.Go(func() { _ = office.Buy(func() error { return errDeclined }) })
	group.Go(func() { second = office.Buy(paid) })
	group.Wait()
	free := 1
	if second == nil {
		free = 0
	}
	assert.Equal(t, free, office.Left(), "1 seat, and the one customer who can pay got %v", second)
	if free == 1 {
		assert.NoError(t, office.Buy(paid), "the only seat is free, and nobody else is buying")
	}
}

// Two customers, one seat, and the money is counted.
func TestScheduleWhoPaysGetsASeat(t *testing.T) {
	office := ticketoversell.NewOffice(1)
	var paid [2]bool
	var errs [2]error
	var group sync.WaitGroup
	for i := range paid {
		group.Go(func() { errs[i] = office.Buy(func() error { paid[i] = true; return nil }) })
	}
	group.Wait()
	for i := range paid {
		assert.Equal(t, paid[i], errs[i] == nil, "who pays gets a seat, who gets none does not pay. Customer %d got %v", i+1, errs[i])
	}
	assert.NotEqual(t, paid[0], paid[1], "1 seat, 2 customers: one of them pays, and only one")
}

// Two customers, two seats, and one of them has a card that is declined.
func TestScheduleDeclinedCardAndASale(t *testing.T) {
	office := ticketoversell.NewOffice(2)
	var second error
	var group sync.WaitGroup
	group.Go(func() { _ = office.Buy(func() error { return errDeclined }) })
	group.Go(func() { second = office.Buy(paid) })
	group.Wait()
	assert.NoError(t, second, "2 seats, 2 customers")
	assert.Equal(t, 1, office.Left(), "2 seats, one was sold, and the payment for the other failed")
}
