// caught by: explore in TestScheduleTwoCalls
// Wrong: if Fee fails, the accounts are released without a wake-up. Transfers that
// wait for them sleep on.

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
//
// All methods are safe for concurrent use.
type Ledger struct {
	fee Fee

	mu       sync.Mutex // guards what follows; not held while asking for a fee
	freed    sync.Cond
	accounts []*account
}

type account struct {
	held    bool
	balance int64
	fees    int64 // total so far
}

// New opens a ledger with one account per balance.
func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	l.freed.L = &l.mu
	for _, balance := range balances {
		l.accounts = append(l.accounts, &account{balance: balance})
	}
	return l
}

// Balance returns the balance of an account.
func (l *Ledger) Balance(id int) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accounts[id].balance
}

// Transfer moves amount from one account to another. The paying account also pays
// the fee. If its balance does not cover both, Transfer returns ErrFunds. If Fee
// fails, Transfer returns the error of Fee. Either way nothing is booked. A
// transfer from an account to itself is an order like any other.
//
// A transfer waits only for audits, and for transfers that share an account with
// it. It blocks while it waits, and continues as soon as the fees of those
// before it are known.
func (l *Ledger) Transfer(from, to int, amount int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, b := l.accounts[from], l.accounts[to]
	for a.held || b.held {
		l.freed.Wait()
	}
	a.held, b.held = true, true

	fee, err := l.ask(Order{from, to, amount, a.balance, b.balance})
	if err != nil {
		a.held, b.held = false, false
		return err
	}
	if a.balance < amount+fee {
		a.held, b.held = false, false
		l.freed.Broadcast()
		return ErrFunds
	}
	a.held, b.held = false, false
	l.freed.Broadcast()
	a.balance -= amount + fee
	a.fees += fee
	b.balance += amount
	return nil
}

// ask asks for the fee of an order whose accounts are held, and lets other accounts be
// used meanwhile.
func (l *Ledger) ask(o Order) (int64, error) {
	l.mu.Unlock()
	defer l.mu.Lock()
	return l.fee(o)
}

// Audit returns the sum of all balances and of all fees paid. The two are a consistent
// snapshot: together they always equal the sum of the opening balances.
func (l *Ledger) Audit() (balances, fees int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.accounts {
		balances += a.balance
		fees += a.fees
	}
	return balances, fees
}
