// caught by: explore in TestScheduleManyCalls
// Wrong: some errors of a payment sound as if only the receipt were lost. A payment that
// fails, for whatever reason, is no sale.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// ErrSoldOut says that no seat was free.
var ErrSoldOut = errors.New("sold out")

// errReceipt says that the receipt was lost, not the money.
var errReceipt = io.ErrShortWrite

// Office sells the seats of one concert.
//
// All its methods may be called from many goroutines at once, and payments run
// side by side.
type Office struct {
	left atomic.Int64 // how many seats are free
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	o := &Office{}
	o.left.Store(int64(seats))
	return o
}

// Left returns how many seats are free. A seat that is sold, or that somebody
// is paying for, is not free. Left is never less than zero.
func (o *Office) Left() int {
	return int(o.left.Load())
}

// Buy sells one seat. It has the customer pay, once, and takes as long as that
// takes. If pay succeeds the seat is sold; if pay fails Buy returns its error,
// and the seat is free again.
//
// Nobody is turned away while there is a free seat. If there is none, Buy
// returns ErrSoldOut at once, without pay: nobody pays for a seat and does not
// get it, and nobody waits for the payments of others.
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
