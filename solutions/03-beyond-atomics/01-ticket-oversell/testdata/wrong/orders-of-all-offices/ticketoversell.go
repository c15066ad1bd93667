// caught by: race in TestTwoOffices
// Wrong: all offices number their orders with one variable, and each under its own lock.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"sync"
)

// ErrSoldOut means that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All methods are safe for concurrent use, and payments run
// concurrently.
type Office struct {
	mu   sync.Mutex // guards left
	left int        // number of free seats
}

// lastOrder is the number of the latest order.
var lastOrder int

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	return &Office{left: seats}
}

// Left returns the number of free seats. A seat is not free if it is sold, or if a
// customer is paying for it. Left is never negative.
func (o *Office) Left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left
}

// Buy sells one seat. It calls pay once, and takes as long as pay does. If pay
// succeeds, the seat is sold. If pay fails, Buy returns its error, and the seat
// is free again.
//
// No customer is turned away while a seat is free. If no seat is free, Buy
// returns ErrSoldOut immediately, without calling pay: no customer pays without
// getting a seat, or waits for the payments of others.
func (o *Office) Buy(pay func() error) error {
	order, ok := o.take()
	if !ok {
		return ErrSoldOut
	}
	if err := pay(); err != nil {
		o.giveBack()
		return fmt.Errorf("payment of order %d: %w", order, err)
	}
	return nil
}

// take takes a seat, if one is free, and numbers the order.
func (o *Office) take() (order int, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left == 0 {
		return 0, false
	}
	o.left--
	lastOrder++
	return lastOrder, true
}

func (o *Office) giveBack() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left++
}
