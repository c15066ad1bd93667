// finds: wrong

// Package ledger adds to a balance; the broken deposit locks each statement, not the whole update.
package ledger

import (
	"sync"
	"testing"
)

type ledger struct {
	mu      sync.Mutex
	balance int
}

func (l *ledger) read() int {
	lock := l.mu.Lock
	lock()
	defer l.mu.Unlock()
	return l.balance
}

func (l *ledger) write(v int) {
	unlock := l.mu.Unlock
	l.mu.Lock()
	defer unlock()
	l.balance = v
}

// depositLoose reads and writes under two critical sections, so one deposit can be lost.
func (l *ledger) depositLoose(n int) {
	b := l.read()
	b = b + n
	l.write(b)
}

// deposit keeps the lock for the whole update.
func (l *ledger) deposit(n int) {
	l.mu.Lock()
	defer func() { l.mu.Unlock() }()
	l.balance = l.balance + n
}

func run(t *testing.T, l *ledger, deposit func(int)) {
	var wg sync.WaitGroup
	wg.Add(2)
	for i := range 2 {
		go func() {
			defer wg.Done()
			deposit(10 * (i + 1))
		}()
	}
	wg.Wait()
	if got := l.read(); got != 30 {
		t.Errorf("balance: got %d, want 30", got)
	}
}

func TestBug(t *testing.T) {
	l := new(ledger)
	run(t, l, l.depositLoose)
}

func TestFixed(t *testing.T) {
	l := new(ledger)
	run(t, l, l.deposit)
}
