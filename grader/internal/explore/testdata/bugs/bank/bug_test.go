// finds: wrong

// The balance is locked for each access, but not from the check to the write.
package bank_test

import (
	"sync"
	"testing"

	"bugs/bank"
	"bugs/bank/store"
)

func run(t *testing.T, withdraw func(bank.Bank, string, int) bool) {
	b := bank.Bank{Store: store.New(map[string]int{"ann": 100})}
	paid := make([]bool, 2)
	var wg sync.WaitGroup
	for i := range paid {
		wg.Add(1)
		go func() {
			defer wg.Done()
			paid[i] = withdraw(b, "ann", 60)
		}()
	}
	wg.Wait()
	if paid[0] == paid[1] {
		t.Errorf("two withdrawals of 60 from 100: got %v, want exactly one", paid)
	}
	if got := b.Store.Balance("ann"); got != 40 {
		t.Errorf("balance: got %d, want 40", got)
	}
}

func TestBug(t *testing.T)   { run(t, bank.Bank.WithdrawLoose) }
func TestFixed(t *testing.T) { run(t, bank.Bank.Withdraw) }
