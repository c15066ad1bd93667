// caught by: explore in TestScheduleTransferAndBalances
// Wrong: the payee is credited before the payer is debited, and Balance takes no lock.

// Package ledgertransfer keeps a bank's accounts and moves money between them.
package ledgertransfer

import (
	"errors"
	"sync"
	"sync/atomic"
)

// ErrFunds means that an account holds less than a transfer would take from it.
var ErrFunds = errors.New("not enough money in the account")

// Order is a transfer that is about to be booked, and the balances of its
// accounts before that.
type Order struct {
	From, To               int
	Amount                 int64
	FromBalance, ToBalance int64
}

// Fee returns what an order costs, or an error to refuse it.
//
// It is called once per order, while both accounts are held: until the order is
// booked or refused, no other order touches them. It may be slow. It does not
// use the ledger.
type Fee func(Order) (int64, error)

// Ledger keeps accounts, numbered from 0 in the order they were opened.
//
// All methods are safe for concurrent use. Locks are taken in the order of the accounts.
type Ledger struct {
	fee      Fee
	accounts []*account
}

type account struct {
	mu      sync.Mutex
	balance atomic.Int64 // written with mu held
	fees    int64
}

// New opens a ledger with one account per balance.
func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	for _, balance := range balances {
		a := &account{}
		a.balance.Store(balance)
		l.accounts = append(l.accounts, a)
	}
	return l
}

// Balance returns the balance of an account. It does not wait.
func (l *Ledger) Balance(id int) int64 { return l.accounts[id].balance.Load() }

// Transfer moves amount from one account to another.
func (l *Ledger) Transfer(from, to int, amount int64) error {
	a, b := l.accounts[from], l.accounts[to]
	low, high := l.accounts[min(from, to)], l.accounts[max(from, to)]
	low.mu.Lock()
	defer low.mu.Unlock()
	if high != low {
		high.mu.Lock()
		defer high.mu.Unlock()
	}
	fee, err := l.fee(Order{from, to, amount, a.balance.Load(), b.balance.Load()})
	if err != nil {
		return err
	}
	if a.balance.Load() < amount+fee {
		return ErrFunds
	}
	if from == to {
		a.balance.Add(-fee)
	} else {
		b.balance.Add(amount) // first, so that no money is ever missing
		a.balance.Add(-amount - fee)
	}
	a.fees += fee
	return nil
}

// Audit returns the sum of all balances and of all fees paid.
func (l *Ledger) Audit() (balances, fees int64) {
	for _, a := range l.accounts {
		a.mu.Lock()
		defer a.mu.Unlock()
		balances += a.balance.Load()
		fees += a.fees
	}
	return balances, fees
}
