// caught by: explore in TestScheduleTwoCalls
// Wrong: a failed swap means that another goroutine came first, not that no seat is
// free. A customer may be turned away for whom there was a seat.

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
	left := o.left.Load()
	if left <= 0 || !o.left.CompareAndSwap(left, left-1) {
		return ErrSoldOut
	}
	if err := pay(); err != nil {
		o.left.Add(1)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}
