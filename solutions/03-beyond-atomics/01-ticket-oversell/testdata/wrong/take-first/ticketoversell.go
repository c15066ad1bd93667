// caught by: explore in TestScheduleManyCalls
// Wrong: it takes first and looks at the answer of that very step. Who got less than
// nothing puts it back, and until then a seat that a failed payment has freed looks
// taken: a customer is turned away, and the seat is there.

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
	// balance is how many seats are free, less the customers who are just being
	// turned away.
	balance atomic.Int64
}

// NewOffice opens an office that has seats to sell, none or more.
func NewOffice(seats int) *Office {
	o := &Office{}
	o.balance.Store(int64(seats))
	return o
}

// Left returns how many seats are free. A seat that is sold, or that somebody
// is paying for, is not free. Left is never less than zero.
func (o *Office) Left() int {
	return max(0, int(o.balance.Load()))
}

// Buy sells one seat. It has the customer pay, once, and takes as long as that
// takes. If pay succeeds the seat is sold; if pay fails Buy returns its error,
// and the seat is free again.
//
// Nobody is turned away while there is a free seat. If there is none, Buy
// returns ErrSoldOut at once, without pay: nobody pays for a seat and does not
// get it, and nobody waits for the payments of others.
func (o *Office) Buy(pay func() error) error {
	if o.balance.Add(-1) < 0 {
		o.balance.Add(1)
		return ErrSoldOut
	}
	if err := pay(); err != nil {
		o.balance.Add(1)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}
