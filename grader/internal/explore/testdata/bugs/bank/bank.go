// Package bank withdraws money from accounts held in a store; the broken way checks and writes in separate steps.
package bank

import "bugs/bank/store"

// Bank works on one store.
type Bank struct{ Store *store.Store }

// WithdrawLoose checks the balance in one critical section and writes it in another.
func (b Bank) WithdrawLoose(id string, n int) bool {
	have := b.Store.Balance(id)
	if have < n {
		return false
	}
	b.Store.Set(id, have-n)
	return true
}

// Withdraw checks and writes in one step.
func (b Bank) Withdraw(id string, n int) bool {
	return b.Store.Update(id, func(have int) (int, bool) {
		return have - n, have >= n
	})
}
