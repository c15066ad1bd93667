// caught by: tests in TestDeclinedCardFreesTheLastSeat
// Wrong: a seat that comes back in a part of the hall that was sold out is not found.

// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"sync"
)

// ErrSoldOut means that no seat was free.
var ErrSoldOut = errors.New("sold out")

// block is how many seats a block of the hall has.
const block = 500

// Office sells the seats of one concert, block by block.
type Office struct {
	mu    sync.Mutex // guards all below
	left  int
	free  []int // free seats of each block
	first int   // the blocks before this one are sold out
}

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	o := &Office{left: seats}
	for ; seats > 0; seats -= block {
		o.free = append(o.free, min(block, seats))
	}
	return o
}

// Left returns the number of free seats.
func (o *Office) Left() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.left
}

// take takes a seat, and returns its block.
func (o *Office) take() (int, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for ; o.first < len(o.free); o.first++ {
		if o.free[o.first] > 0 {
			o.free[o.first]--
			o.left--
			return o.first, true
		}
		if o.first == len(o.free)-1 {
			break // seats of the last block may come back
		}
	}
	return 0, false
}

func (o *Office) giveBack(block int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.free[block]++
	o.left++
}

// Buy sells one seat.
func (o *Office) Buy(pay func() error) error {
	block, ok := o.take()
	if !ok {
		return ErrSoldOut
	}
	if err := pay(); err != nil {
		o.giveBack(block)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}
