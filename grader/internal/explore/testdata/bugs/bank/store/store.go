// Package store keeps balances by account; every method is safe on its own.
package store

import "sync"

// Store maps an account to its balance.
type Store struct {
	mu       sync.RWMutex
	balances map[string]int
}

// New returns a store with the given first balances.
func New(first map[string]int) *Store {
	s := &Store{balances: make(map[string]int, len(first))}
	for id, n := range first {
		s.balances[id] = n
	}
	return s
}

// Balance reads one balance.
func (s *Store) Balance(id string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.balances[id]
}

// Set writes one balance.
func (s *Store) Set(id string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.balances[id] = n
}

// Update changes one balance in one step; change returns false to leave it.
func (s *Store) Update(id string, change func(int) (int, bool)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := change(s.balances[id])
	if ok {
		s.balances[id] = n
	}
	return ok
}
