// caught by: explore in TestScheduleSeatsComeBack
// Wrong: the seats are counted in blocks of 500, and Left adds up numbers that were never true at once.
// Package ticketoversell sells the seats of a concert.
package ticketoversell

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrSoldOut means that no seat was free.
var ErrSoldOut = errors.New("sold out")

// Office sells the seats of one concert.
//
// All methods are safe for concurrent use, and payments run
// concurrently.
type Office struct {
	blocks []atomic.Int64 // number of free seats in each block of the hall
	next   atomic.Uint64  // where the next customer looks first
}

// block is how many seats a block has. Customers of different blocks do not meet.
const block = 500

// NewOffice opens an office with zero or more seats to sell.
func NewOffice(seats int) *Office {
	o := &Office{blocks: make([]atomic.Int64, (seats+block-1)/block)}
	for i := range o.blocks {
		o.blocks[i].Store(int64(min(block, seats-i*block)))
	}
	return o
}

// Left returns the number of free seats. A seat is not free if it is sold, or if a
// customer is paying for it. Left is never negative.
func (o *Office) Left() int {
	left := 0
	for i := range o.blocks {
		left += int(o.blocks[i].Load())
	}
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
	b := o.reserve()
	if b == nil {
		return ErrSoldOut
	}
	if err := pay(); err != nil {
		b.Add(1)
		return fmt.Errorf("payment: %w", err)
	}
	return nil
}

// reserve takes a free seat, and returns its block, or nil if there is none.
func (o *Office) reserve() *atomic.Int64 {
	n := len(o.blocks)
	if n == 0 {
		return nil
	}
	first := int(o.next.Add(1) % uint64(n))
	for i := range n {
		b := &o.blocks[(first+i)%n]
		for left := b.Load(); left > 0; left = b.Load() {
			if b.CompareAndSwap(left, left-1) {
				return b
			}
		}
	}
	return nil
}
