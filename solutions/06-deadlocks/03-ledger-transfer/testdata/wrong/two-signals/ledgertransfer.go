// caught by: tests in TestFreeAccountsAreNotPassedOver
// Wrong: an order frees two accounts, so two of those that wait are woken, those that have
// slept longest. They may need a third account, and one behind them that could continue sleeps.

// Package ledgertransfer keeps a bank's accounts and moves money between them.
package ledgertransfer

import (
	"errors"
	"sync"
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
type Ledger struct {
	fee Fee

	mu       sync.Mutex // guards the following, and is not held during a Fee
	free     *sync.Cond // an account is no longer busy
	audited  *sync.Cond // an audit has ended
	idle     *sync.Cond // no account is busy
	accounts []account
	busy     int // transfers under way
	audits   int // that wait
}

type account struct {
	busy    bool
	balance int64
	fees    int64 // total so far
}

// New opens a ledger with one account per balance.
func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	l.free, l.audited, l.idle = sync.NewCond(&l.mu), sync.NewCond(&l.mu), sync.NewCond(&l.mu)
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
	for l.audits > 0 {
		l.audited.Wait()
	}
	a, b := &l.accounts[from], &l.accounts[to]
	for a.busy || b.busy {
		l.free.Wait()
	}
	l.busy++
	a.busy, b.busy = true, true
	defer func() {
		a.busy, b.busy = false, false
		if l.busy--; l.busy == 0 {
			l.idle.Broadcast()
		}
		l.free.Signal() // one for each account
		l.free.Signal()
	}()

	fee, err := l.ask(Order{from, to, amount, a.balance, b.balance})
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

// ask asks for a fee without the lock.
func (l *Ledger) ask(o Order) (int64, error) {
	l.mu.Unlock()
	defer l.mu.Lock()
	return l.fee(o)
}

// Audit returns the sum of all balances and of all fees paid.
func (l *Ledger) Audit() (balances, fees int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.audits++
	for l.busy > 0 {
		l.idle.Wait()
	}
	if l.audits--; l.audits == 0 {
		l.audited.Broadcast()
	}
	for _, a := range l.accounts {
		balances += a.balance
		fees += a.fees
	}
	return balances, fees
}
