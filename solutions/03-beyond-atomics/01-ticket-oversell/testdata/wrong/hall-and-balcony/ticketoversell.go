// caught by: explore in TestScheduleSeatsComeBack
// Wrong: each part of the house has a counter that is right. Their sum, read one after
// the other, was never the number of free seats.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrSoldOut says that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All its methods may be called from many goroutines at once, and payments run
// side by side.
type Office struct {
	hall, balcony atomic.Int64 // how many seats are free
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	o := &Office{}
	o.hall.Store(int64(seats / 2))
	o.balcony.Store(int64(seats - seats/2))
	return o
}

// Left returns how many seats are free. A seat that is sold, or that somebody
// is paying for, is not free. Left is never less than zero.
func (o *Office) Left() int {
	return int(o.hall.Load() + o.balcony.Load())
}

// Buy sells one seat. It has the customer pay, once, and takes as long as that
// takes. If pay succeeds the seat is sold; if pay fails Buy returns its error,
// and the seat is free again.
//
// Nobody is turned away while there is a free seat. If there is none, Buy
// returns ErrSoldOut at once, without pay: nobody pays for a seat and does not
// get it, and nobody waits for the payments of others.
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
