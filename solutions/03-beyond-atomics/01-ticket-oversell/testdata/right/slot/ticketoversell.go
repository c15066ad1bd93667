// Right: the number lies in a channel with room for one. Whoever has taken it out
// counts alone, and puts it back before the payment.

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
	left chan int // how many seats are free; empty while one customer counts
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	o := &Office{left: make(chan int, 1)}
	o.left <- seats
	return o
}

// Left returns how many seats are free. A seat that is sold, or that somebody
// is paying for, is not free. Left is never less than zero.
func (o *Office) Left() int {
	left := <-o.left
	o.left <- left
	return left
}

// Buy sells one seat. It has the customer pay, once, and takes as long as that
// takes. If pay succeeds the seat is sold; if pay fails Buy returns its error,
// and the seat is free again.
//
// Nobody is turned away while there is a free seat. If there is none, Buy
// returns ErrSoldOut at once, without pay: nobody pays for a seat and does not
// get it, and nobody waits for the payments of others.
func (o *Office) Buy(pay func() error) error {
	left := <-o.left
	if left == 0 {
		o.left <- left
		return ErrSoldOut
	}
	o.left <- left - 1
	if err := pay(); err != nil {
		o.left <- <-o.left + 1
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}
