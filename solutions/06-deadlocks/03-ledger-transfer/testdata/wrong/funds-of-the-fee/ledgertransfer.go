// caught by: explore in TestScheduleTwoCalls
// Wrong: If a fee is unknown for lack of money elsewhere, its error is replaced by ErrFunds.

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
	fee      Fee
	accounts []*account
}

type account struct {
	mu      sync.Mutex
	balance int64
	fees    int64 // total so far
}

// New opens a ledger with one account per balance.
func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	for _, balance := range balances {
		l.accounts = append(l.accounts, &account{balance: balance})
	}
	return l
}

// Balance returns the balance of an account.
func (l *Ledger) Balance(id int) int64 {
	a := l.accounts[id]
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balance
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
	a, b := l.accounts[from], l.accounts[to]
	first, second := a, b
	if to < from {
		first, second = b, a
	}
	first.mu.Lock()
	defer first.mu.Unlock()
	if first != second {
		second.mu.Lock()
		defer second.mu.Unlock()
	}

	fee, err := l.fee(Order{from, to, amount, a.balance, b.balance})
	if errors.Is(err, ErrFunds) {
		return ErrFunds
	}
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

// Audit returns the sum of all balances and of all fees paid. The two are a consistent
// snapshot: together they always equal the sum of the opening balances.
func (l *Ledger) Audit() (balances, fees int64) {
	for _, a := range l.accounts {
		a.mu.Lock()
		defer a.mu.Unlock()
		balances += a.balance
		fees += a.fees
	}
	return balances, fees
}
