// caught by: explore in TestScheduleOneIsPaying
// Wrong: customers pay concurrently, each holding the lock for reading. A customer who
// wants to reserve a seat waits for all of them.

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
	mu   sync.RWMutex // guards left; never held during a payment
	left int          // number of free seats
}

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
	if !o.reserve() {
		return ErrSoldOut
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	sold := false
	defer func() {
		if !sold {
			o.release()
		}
	}()
	if err := pay(); err != nil {
		return fmt.Errorf("payment: %w", err)
	}
	sold = true
	return nil
}

// reserve takes one free seat, if there is one.
func (o *Office) reserve() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left == 0 {
		return false
	}
	o.left--
	return true
}

// release returns a seat that reserve took.
func (o *Office) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left++
}
