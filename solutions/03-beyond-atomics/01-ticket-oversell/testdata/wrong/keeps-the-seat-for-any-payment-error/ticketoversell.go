// caught by: tests in TestDeclinedCardIsNotASale
// Wrong: a payment that returns the error of a Buy at any office does not give the seat back

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"sync"
)

// ErrSoldOut means that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All methods are safe for concurrent use, and payments run
// concurrently.
type Office struct {
	mu   sync.Mutex
	left int // number of free seats
}

// paymentError is the error of a payment.
type paymentError struct {
	err error
}

func (e *paymentError) Error() string { return "payment: " + e.err.Error() }
func (e *paymentError) Unwrap() error { return e.err }

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
	if !o.take() {
		return ErrSoldOut
	}
	if err := pay(); err != nil {
		if p := (*paymentError)(nil); errors.As(err, &p) {
			return err // it has been given back and wrapped already
		}
		o.giveBack()
		return &paymentError{err}
	}
	return nil
}

func (o *Office) take() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.left == 0 {
		return false
	}
	o.left--
	return true
}

func (o *Office) giveBack() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left++
}
