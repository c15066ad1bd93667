// Right: a channel holds the free seats. A non-blocking receive checks and
// takes in one step.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
)

// ErrSoldOut means that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All methods are safe for concurrent use, and payments run
// concurrently.
type Office struct {
	free chan struct{} // holds the free seats, with room for all
}

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	o := &Office{free: make(chan struct{}, seats)}
	for range seats {
		o.free <- struct{}{}
	}
	return o
}

// Left returns the number of free seats. A seat is not free if it is sold, or if a
// customer is paying for it. Left is never negative.
func (o *Office) Left() int {
	return len(o.free)
}

// Buy sells one seat. It calls pay once, and takes as long as pay does. If pay
// succeeds, the seat is sold. If pay fails, Buy returns its error, and the seat
// is free again.
//
// No customer is turned away while a seat is free. If no seat is free, Buy
// returns ErrSoldOut immediately, without calling pay: no customer pays without
// getting a seat, or waits for the payments of others.
func (o *Office) Buy(pay func() error) error {
	select {
	case seat := <-o.free:
		if err := pay(); err != nil {
			o.free <- seat
			return fmt.Errorf("payment: %w", err)
		}
		return nil
	default:
		return ErrSoldOut
	}
}
