// caught by: tests in TestAuditEnds
// Wrong: the audit waits until no fee is awaited, and keeps no transfer from asking for the next one. With
// enough business there is always one.

// Package ledgertransfer moves money between accounts.
package ledgertransfer

import (
	"errors"
	"sync"
)

var ErrFunds = errors.New("not enough money in the account")

type Order struct {
	From, To               int
	Amount                 int64
	FromBalance, ToBalance int64
}

type Fee func(Order) (int64, error)

type account struct {
	balance int64
	held    bool
}

type Ledger struct {
	fee      Fee
	mu       sync.Mutex
	free     *sync.Cond
	accounts []account
	fees     int64
}

func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	l.free = sync.NewCond(&l.mu)
	for _, b := range balances {
		l.accounts = append(l.accounts, account{balance: b})
	}
	return l
}

func (l *Ledger) Balance(id int) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.accounts[id].balance
}

// settle books or refuses an order. The lock is held.
func (l *Ledger) settle(o Order, fee int64, err error) error {
	a, b := &l.accounts[o.From], &l.accounts[o.To]
	a.held, b.held = false, false
	if err != nil {
		return err
	}
	if a.balance < o.Amount+fee {
		return ErrFunds
	}
	a.balance -= o.Amount + fee
	b.balance += o.Amount
	l.fees += fee
	return nil
}

func (l *Ledger) Transfer(from, to int, amount int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, b := &l.accounts[from], &l.accounts[to]
	for a.held || b.held {
		l.free.Wait()
	}
	a.held, b.held = true, true
	o := Order{from, to, amount, a.balance, b.balance}
	l.mu.Unlock()
	fee, err := l.fee(o)
	l.mu.Lock()
	err = l.settle(o, fee, err)
	l.free.Broadcast()
	return err
}

func (l *Ledger) anyHeld() bool {
	for _, a := range l.accounts {
		if a.held {
			return true
		}
	}
	return false
}

func (l *Ledger) Audit() (balances, fees int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for l.anyHeld() {
		l.free.Wait()
	}
	for _, a := range l.accounts {
		balances += a.balance
	}
	return balances, l.fees
}
