// caught by: explore in TestScheduleManyCalls
// Wrong: the lock is right, and the fees come to more than 32 bits hold.

// Package ledgertransfer keeps a bank's accounts and moves money between them.
package ledgertransfer

import (
	"errors"
	"sync"
)

// ErrFunds says that an account holds less than a transfer would take from it.
var ErrFunds = errors.New("not enough money in the account")

// Order is a transfer that is about to be booked, and what its accounts hold
// before it is.
type Order struct {
	From, To               int
	Amount                 int64
	FromBalance, ToBalance int64
}

// Fee says what an order costs, or refuses it with an error.
//
// It is asked once for each order, with both accounts held: from then until the
// order is booked or refused, no other order touches them. It may take its
// time. It does not use the ledger.
type Fee func(Order) (int64, error)

// Ledger keeps accounts, numbered from 0 in the order they were opened.
//
// All its methods may be called from many goroutines at once.
type Ledger struct {
	fee      Fee
	accounts []*account
}

type account struct {
	mu      sync.Mutex
	balance int64
	fees    int32 // paid so far
}

// New opens a ledger with one account for each balance.
func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	for _, balance := range balances {
		l.accounts = append(l.accounts, &account{balance: balance})
	}
	return l
}

// Balance returns what an account holds.
func (l *Ledger) Balance(id int) int64 {
	a := l.accounts[id]
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balance
}

// Transfer moves amount from one account to another. The account that pays the
// amount pays the fee as well. If it does not hold both, the order is refused
// with ErrFunds; if the fee cannot be told, with the error that Fee returned.
// An order from an account to itself is an order like any other.
//
// A transfer waits only for transfers that have an account in common with it,
// and for audits. While it waits it sleeps. It gets its turn as soon as the
// fees of those before it are known.
func (l *Ledger) Transfer(from, to int, amount int64) error {
	a, b := l.accounts[from], l.accounts[to]
	// Accounts are locked in the order of their numbers, here as in Audit.
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
	if err != nil {
		return err
	}
	if a.balance < amount+fee {
		return ErrFunds
	}
	a.balance -= amount + fee
	a.fees += int32(fee)
	b.balance += amount
	return nil
}

// Audit adds up what all accounts hold and what fees they have paid. Both sums
// are of one moment: together they are what the ledger was opened with.
func (l *Ledger) Audit() (balances, fees int64) {
	for _, a := range l.accounts {
		a.mu.Lock()
		defer a.mu.Unlock()
		balances += a.balance
		fees += int64(a.fees)
	}
	return balances, fees
}
