// caught by: tests, race or repeat in TestManyAccounts
// Wrong: there are 262,144 locks, and a million accounts: accounts 0 and 262,144 share one,
// and a transfer of one waits for the fee of the other.

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
	accounts []account
	locks    []sync.Mutex // an account has the lock of its number, modulo their number
}

type account struct {
	balance int64
	fees    int64 // total so far
}

// mostLocks is a power of two. More locks would make an audit slow.
const mostLocks = 1 << 18

// New opens a ledger with one account per balance.
func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee, accounts: make([]account, len(balances)), locks: make([]sync.Mutex, min(len(balances), mostLocks))}
	for i, balance := range balances {
		l.accounts[i].balance = balance
	}
	return l
}

// Balance returns the balance of an account.
func (l *Ledger) Balance(id int) int64 {
	lock := &l.locks[id%len(l.locks)]
	lock.Lock()
	defer lock.Unlock()
	return l.accounts[id].balance
}

// Transfer moves amount from one account to another. The paying account also pays
// the fee. If its balance does not cover both, Transfer returns ErrFunds. If Fee
// fails, Transfer returns the error of Fee. Either way nothing is booked. A
// transfer from an account to itself is an order like any other.
//
// Locks are taken in the order of their numbers, and one that both accounts have only once.
func (l *Ledger) Transfer(from, to int, amount int64) error {
	first, second := from%len(l.locks), to%len(l.locks)
	if first > second {
		first, second = second, first
	}
	l.locks[first].Lock()
	defer l.locks[first].Unlock()
	if first != second {
		l.locks[second].Lock()
		defer l.locks[second].Unlock()
	}

	a, b := &l.accounts[from], &l.accounts[to]
	fee, err := l.fee(Order{from, to, amount, a.balance, b.balance})
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
	for i := range l.locks {
		l.locks[i].Lock()
		defer l.locks[i].Unlock()
	}
	for i := range l.accounts {
		balances += l.accounts[i].balance
		fees += l.accounts[i].fees
	}
	return balances, fees
}
