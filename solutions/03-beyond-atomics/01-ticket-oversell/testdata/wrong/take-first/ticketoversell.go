// caught by: explore in TestScheduleManyCalls
// Wrong: it decrements first and checks the result of that same step. If the result is
// negative, it undoes the decrement; until then, a seat freed by a failed payment
// looks taken, and a customer is turned away although the seat is free.

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
	// balance is the number of free seats minus the number of customers who are just
	// being turned away.
	balance atomic.Int64
}

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	o := &Office{}
	o.balance.Store(int64(seats))
	return o
}

// Left returns the number of free seats. A seat is not free if it is sold, or if a
// customer is paying for it. Left is never negative.
func (o *Office) Left() int {
	return max(0, int(o.balance.Load()))
}

// Buy sells one seat. It calls pay once, and takes as long as pay does. If pay
// succeeds, the seat is sold. If pay fails, Buy returns its error, and the seat
// is free again.
//
// No customer is turned away while a seat is free. If no seat is free, Buy
// returns ErrSoldOut immediately, without calling pay: no customer pays without
// getting a seat, or waits for the payments of others.
func (o *Office) Buy(pay func() error) error {
	if o.balance.Add(-1) < 0 {
		o.balance.Add(1)
		return ErrSoldOut
	}
	if err := pay(); err != nil {
		o.balance.Add(1)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}
