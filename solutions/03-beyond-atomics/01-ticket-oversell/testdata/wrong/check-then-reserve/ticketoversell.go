// caught by: explore in TestScheduleLastSeat
// Wrong: the seat is taken before the payment, so the window is a thousand times
// smaller. It is still there, between the Load and the Add.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrSoldOut means that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All methods are safe for concurrent use, and payments run
// concurrently.
type Office struct {
	left atomic.Int64 // number of free seats
}

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	o := &Office{}
	o.left.Store(int64(seats))
	return o
}

// Left returns the number of free seats. A seat is not free if it is sold, or if a
// customer is paying for it. Left is never negative.
func (o *Office) Left() int {
	return int(o.left.Load())
}

// Buy sells one seat. It calls pay once, and takes as long as pay does. If pay
// succeeds, the seat is sold. If pay fails, Buy returns its error, and the seat
// is free again.
//
// No customer is turned away while a seat is free. If no seat is free, Buy
// returns ErrSoldOut immediately, without calling pay: no customer pays without
// getting a seat, or waits for the payments of others.
func (o *Office) Buy(pay func() error) error {
	if o.left.Load() <= 0 {
		return ErrSoldOut
	}
	o.left.Add(-1)
	if err := pay(); err != nil {
		o.left.Add(1)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}
