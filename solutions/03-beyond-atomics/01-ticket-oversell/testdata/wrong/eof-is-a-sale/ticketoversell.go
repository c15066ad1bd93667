// caught by: explore in TestScheduleManyCalls
// Wrong: it takes some payment errors to mean that only the receipt was lost. A
// payment that fails is no sale, whatever the error.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// ErrSoldOut means that no seat was free.
var ErrSoldOut = errors.New("sold out")

// errReceipt means that only the receipt was lost, not the money.
var errReceipt = io.ErrShortWrite

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
	if !o.reserve() {
		return ErrSoldOut
	}
	if err := pay(); err != nil && !errors.Is(err, errReceipt) {
		o.left.Add(1)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}

// reserve takes one free seat, if there is one.
func (o *Office) reserve() bool {
	for {
		left := o.left.Load()
		if left <= 0 {
			return false
		}
		if o.left.CompareAndSwap(left, left-1) {
			return true
		}
	}
}
