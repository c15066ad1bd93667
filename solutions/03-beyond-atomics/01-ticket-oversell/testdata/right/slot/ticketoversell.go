// Right: a channel with a buffer of one holds the number. The goroutine that receives
// it has it to itself, and sends it back before the payment.

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
	left chan int // number of free seats; empty while a call updates it
}

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	o := &Office{left: make(chan int, 1)}
	o.left <- seats
	return o
}

// Left returns the number of free seats. A seat is not free if it is sold, or if a
// customer is paying for it. Left is never negative.
func (o *Office) Left() int {
	left := <-o.left
	o.left <- left
	return left
}

// Buy sells one seat. It calls pay once, and takes as long as pay does. If pay
// succeeds, the seat is sold. If pay fails, Buy returns its error, and the seat
// is free again.
//
// No customer is turned away while a seat is free. If no seat is free, Buy
// returns ErrSoldOut immediately, without calling pay: no customer pays without
// getting a seat, or waits for the payments of others.
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
