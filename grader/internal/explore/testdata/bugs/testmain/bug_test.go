// finds: wrong

// Package testmain sells a stock that TestMain delivers; the broken sale checks and takes in two critical sections.
package testmain

import (
	"os"
	"sync"
	"testing"
)

type shop struct {
	mu    sync.Mutex
	stock int
}

// delivery is 0 unless TestMain has run.
var delivery int

func TestMain(m *testing.M) {
	delivery = 1
	os.Exit(m.Run())
}

func (s *shop) inStock() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stock
}

// sellLoose sells what another customer may have bought meanwhile.
func (s *shop) sellLoose() bool {
	if s.inStock() == 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stock--
	return true
}

func (s *shop) sell() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stock == 0 {
		return false
	}
	s.stock--
	return true
}

func run(t *testing.T, sell func(*shop) bool) {
	s := &shop{stock: delivery}
	sold := make(chan bool)
	for range 2 {
		go func() { sold <- sell(s) }()
	}
	if a, b := <-sold, <-sold; a == b || s.inStock() != 0 {
		t.Errorf("sold %t and %t, stock %d, want one sale", a, b, s.inStock())
	}
}

func TestBug(t *testing.T)   { run(t, (*shop).sellLoose) }
func TestFixed(t *testing.T) { run(t, (*shop).sell) }
