// caught by: explore in TestScheduleAuditAfterTransfer
// Wrong: an audit that begins while another is under way returns its result. What was transferred in between
// is not in it.

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
type Ledger struct {
	fee      Fee
	accounts []*account

	mu       sync.Mutex
	auditing *audit // nil: there is none
}

type audit struct {
	done           chan struct{}
	balances, fees int64
}

type account struct {
	mu      sync.Mutex
	balance int64
	fees    int64
}

func New(fee Fee, balances ...int64) *Ledger {
	l := &Ledger{fee: fee}
	for _, balance := range balances {
		l.accounts = append(l.accounts, &account{balance: balance})
	}
	return l
}

func (l *Ledger) Balance(id int) int64 {
	a := l.accounts[id]
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.balance
}

func (l *Ledger) Transfer(from, to int, amount int64) error {
	a, b := l.accounts[from], l.accounts[to]
	first, second := l.accounts[min(from, to)], l.accounts[max(from, to)]
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
	a.fees += fee
	b.balance += amount
	return nil
}

// Audit joins the audit that is under way, if there is one: two at once would only be in
// each other's way.
func (l *Ledger) Audit() (balances, fees int64) {
	l.mu.Lock()
	a := l.auditing
	if a != nil {
		l.mu.Unlock()
		<-a.done
		return a.balances, a.fees
	}
	a = &audit{done: make(chan struct{})}
	l.auditing = a
	l.mu.Unlock()

	a.balances, a.fees = l.sum()
	l.mu.Lock()
	l.auditing = nil
	l.mu.Unlock()
	close(a.done)
	return a.balances, a.fees
}

func (l *Ledger) sum() (balances, fees int64) {
	for _, a := range l.accounts {
		a.mu.Lock()
		defer a.mu.Unlock()
		balances += a.balance
		fees += a.fees
	}
	return balances, fees
}
