// Right: the free seats lie in a channel. A receive that does not wait looks and
// takes in one step, so there is nothing to check.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
)

// ErrSoldOut says that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All its methods may be called from many goroutines at once, and payments run
// side by side.
type Office struct {
	free chan struct{} // holds the free seats, and has room for all
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	o := &Office{free: make(chan struct{}, seats)}
	for range seats {
		o.free <- struct{}{}
	}
	return o
}

// Left returns how many seats are free. A seat that is sold, or that somebody
// is paying for, is not free. Left is never less than zero.
func (o *Office) Left() int {
	return len(o.free)
}

// Buy sells one seat. It has the customer pay, once, and takes as long as that
// takes. If pay succeeds the seat is sold; if pay fails Buy returns its error,
// and the seat is free again.
//
// Nobody is turned away while there is a free seat. If there is none, Buy
// returns ErrSoldOut at once, without pay: nobody pays for a seat and does not
// get it, and nobody waits for the payments of others.
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
