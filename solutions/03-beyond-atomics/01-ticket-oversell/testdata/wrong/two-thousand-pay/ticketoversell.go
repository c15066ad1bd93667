// caught by: tests or repeat in TestPaymentsRunSideBySide
// Wrong: a channel with room for 2,048 payments is as good as none, until there are more.

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
	desks chan struct{}
	left  atomic.Int64 // how many seats are free
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	o := &Office{desks: make(chan struct{}, 2048)}
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
	o.desks <- struct{}{}
	defer func() { <-o.desks }()
	if err := pay(); err != nil {
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
