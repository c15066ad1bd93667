// caught by: explore in TestScheduleManyCalls
// Wrong: how many are sold and how many are being paid for is right at every moment.
// Left reads one after the other, and shows a number that never was.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
)

// ErrSoldOut says that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All its methods may be called from many goroutines at once, and payments run
// side by side.
type Office struct {
	mu           sync.Mutex
	seats        int64
	sold, paying atomic.Int64
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	return &Office{seats: int64(seats)}
}

// Left returns how many seats are free. A seat that is sold, or that somebody
// is paying for, is not free. Left is never less than zero.
func (o *Office) Left() int {
	return int(o.seats - o.sold.Load() - o.paying.Load())
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
	if err := pay(); err != nil {
		o.paying.Add(-1)
		return fmt.Errorf("payment: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sold.Add(1)
	o.paying.Add(-1)
	return nil
}

// reserve takes one free seat, if there is one.
func (o *Office) reserve() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sold.Load()+o.paying.Load() >= o.seats {
		return false
	}
	o.paying.Add(1)
	return true
}
