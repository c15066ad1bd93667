// caught by: tests in TestAuditEnds
// Wrong: one flag keeps transfers waiting for all audits, and the first audit to end clears it.
// The others wait for a moment without transfers, which may never come.

// Package ledgertransfer keeps the accounts of a bank and moves money between them.
package ledgertransfer

import (
	"errors"
	"sync"
)

// ErrFunds means that an account holds less than a transfer would take from it.
var ErrFunds = errors.New("not enough money in the account")

// Order is a transfer that is about to be booked.
type Order struct {
	From, To               int
	Amount                 int64
	FromBalance, ToBalance int64
}

// Fee returns what an order costs, or an error to refuse it.
type Fee func(Order) (int64, error)

// Ledger keeps accounts, numbered from 0 in the order they were opened.
type Ledger struct {
	fee Fee

	mu       sync.Mutex
	changed  *sync.Cond
	accounts []account
	active   int  // transfers under way
	auditing bool // an audit waits: no new transfers
}

type account struct {
	busy          bool
	balance, fees int64
}

// New opens a ledger with one account per balance.
func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	l.changed = sync.NewCond(&l.mu)
	for _, balance := range balances {
		l.accounts = append(l.accounts, account{balance: balance})
	}
	return l
}

// Balance returns the balance of an account.
func (l *Ledger) Balance(id int) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accounts[id].balance
}

// Transfer moves amount from one account to another.
func (l *Ledger) Transfer(from, to int, amount int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, b := &l.accounts[from], &l.accounts[to]
	for l.auditing || a.busy || b.busy {
		l.changed.Wait()
	}
	a.busy, b.busy = true, true
	l.active++
	order := Order{from, to, amount, a.balance, b.balance}
	l.mu.Unlock()
	fee, err := l.fee(order)
	l.mu.Lock()
	a.busy, b.busy = false, false
	l.active--
	l.changed.Broadcast()

	if err != nil {
		return err
	}
	if a.balance < amount+fee {
		return ErrFunds
	}
	a.balance -= amount + fee
	a.fees += fee
	b.balance += amount
	return nil
}

// Audit returns the sum of all balances and of all fees paid.
func (l *Ledger) Audit() (balances, fees int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.auditing = true
	for l.active > 0 {
		l.changed.Wait()
	}
	l.auditing = false
	l.changed.Broadcast()
	for i := range l.accounts {
		balances += l.accounts[i].balance
		fees += l.accounts[i].fees
	}
	return balances, fees
}
