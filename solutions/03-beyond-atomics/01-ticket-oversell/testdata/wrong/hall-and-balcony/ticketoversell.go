// caught by: explore in TestScheduleSeatsComeBack
// Wrong: each part of the hall has a correct counter. But they are read one after the
// other, and their sum may never have been the number of free seats.

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
	hall, balcony atomic.Int64 // number of free seats
}

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	o := &Office{}
	o.hall.Store(int64(seats / 2))
	o.balcony.Store(int64(seats - seats/2))
	return o
}

// Left returns the number of free seats. A seat is not free if it is sold, or if a
// customer is paying for it. Left is never negative.
func (o *Office) Left() int {
	return int(o.hall.Load() + o.balcony.Load())
}

// Buy sells one seat. It calls pay once, and takes as long as pay does. If pay
// succeeds, the seat is sold. If pay fails, Buy returns its error, and the seat
// is free again.
//
// No customer is turned away while a seat is free. If no seat is free, Buy
// returns ErrSoldOut immediately, without calling pay: no customer pays without
// getting a seat, or waits for the payments of others.
func (o *Office) Buy(pay func() error) error {
	part := &o.hall
	if !reserve(part) {
		part = &o.balcony
		if !reserve(part) {
			return ErrSoldOut
		}
	}
	if err := pay(); err != nil {
		part.Add(1)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}

// reserve takes one free seat, if there is one.
func reserve(part *atomic.Int64) bool {
	for {
		left := part.Load()
		if left <= 0 {
			return false
		}
		if part.CompareAndSwap(left, left-1) {
			return true
		}
	}
}
