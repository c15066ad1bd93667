// Package pkgvars looks up prices in package-level tables; the broken lookup raises its flag before the table is filled.
package pkgvars

import (
	"sync"
	"sync/atomic"
)

var (
	limit = cap(slots)
	slots = make(chan struct{}, 2)
	wg    sync.WaitGroup

	mu     sync.RWMutex
	prices = map[string]int{}

	once   sync.Once
	loaded atomic.Bool
)

func load() {
	mu.Lock()
	defer mu.Unlock()
	prices["tea"] = 3
}

func price(name string) (int, bool) {
	mu.RLock()
	defer mu.RUnlock()
	n, ok := prices[name]
	return n, ok
}

// LookupLoose lets a second caller look into the empty table; only the first calls of a process can show it.
func LookupLoose(name string) (int, bool) {
	if loaded.CompareAndSwap(false, true) {
		load()
	}
	return price(name)
}

// Lookup waits until the table is filled.
func Lookup(name string) (int, bool) {
	once.Do(load)
	return price(name)
}

// Each calls f once for every slot, at the same time, and waits.
func Each(f func()) {
	for range limit {
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			f()
		}()
	}
	wg.Wait()
}
