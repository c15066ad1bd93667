// caught by: explore in TestScheduleOneIsPaying
// Wrong: customers pay side by side, each with the lock held for reading. Whoever comes
// to reserve waits for all of them.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"sync"
)

// ErrSoldOut says that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All its methods may be called from many goroutines at once, and payments run
// side by side.
type Office struct {
	mu   sync.RWMutex // guards left, and is never held while somebody pays
	left int          // how many seats are free
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	return &Office{left: seats}
}

// Left returns how many seats are free. A seat that is sold, or that somebody
// is paying for, is not free. Left is never less than zero.
func (o *Office) Left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left
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

// release gives back a seat that reserve took.
func (o *Office) release() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left++
}
