// finds: deadlock

// Package lockorder transfers between two accounts; the broken transfer locks in the order of its arguments.
package lockorder

import (
	"sync"
	"testing"
)

type account struct {
	id int
	sync.Mutex
	balance int
}

// transferLoose deadlocks when two transfers run in opposite directions.
func transferLoose(from, to *account, n int) {
	from.Lock()
	defer from.Unlock()
	to.Lock()
	defer to.Unlock()
	from.balance -= n
	to.balance += n
}

// transfer always locks the account with the smaller id first.
func transfer(from, to *account, n int) {
	first, second := from, to
	if second.id < first.id {
		first, second = second, first
	}
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
	from.balance -= n
	to.balance += n
}

func run(t *testing.T, transfer func(from, to *account, n int)) {
	a, b := &account{id: 1, balance: 50}, &account{id: 2, balance: 50}
	var wg sync.WaitGroup
	wg.Go(func() { transfer(a, b, 20) })
	wg.Go(func() { transfer(b, a, 5) })
	wg.Wait()
	if a.balance != 35 || b.balance != 65 {
		t.Errorf("balances: got %d and %d, want 35 and 65", a.balance, b.balance)
	}
}

func TestBug(t *testing.T)   { run(t, transferLoose) }
func TestFixed(t *testing.T) { run(t, transfer) }
