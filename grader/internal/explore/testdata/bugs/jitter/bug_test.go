// finds: wrong

// Package jitter hands out one coupon; the broken one hopes that a random pause keeps two customers apart.
package jitter

import (
	"math/rand"
	"sync"
	"testing"
	"time"
)

type coupons struct {
	mu   sync.Mutex
	left int
}

func (c *coupons) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left
}

func (c *coupons) take(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left -= n
}

// claimLoose pauses, checks and takes; a pause changes how likely the mistake is, and no more.
func (c *coupons) claimLoose() bool {
	time.Sleep(time.Duration(rand.Intn(1000)) * time.Microsecond)
	if c.count() == 0 {
		return false
	}
	c.take(1)
	return true
}

// claim checks and takes under one lock.
func (c *coupons) claim() bool {
	time.Sleep(time.Duration(rand.Intn(1000)) * time.Microsecond)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.left == 0 {
		return false
	}
	c.left--
	return true
}

func run(t *testing.T, claim func(*coupons) bool) {
	c := &coupons{left: 1}
	var got [2]bool
	var wg sync.WaitGroup
	for i := range got {
		wg.Go(func() { got[i] = claim(c) })
	}
	wg.Wait()
	if got[0] == got[1] || c.count() != 0 {
		t.Errorf("claims: got %v with %d left, want one claim", got, c.count())
	}
}

func TestBug(t *testing.T)   { run(t, (*coupons).claimLoose) }
func TestFixed(t *testing.T) { run(t, (*coupons).claim) }
