package ledgertransfer_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"heisenkata/exercises/06-deadlocks/03-ledger-transfer"
	"heisenkata/exercises/internal/contract"
	"heisenkata/exercises/internal/life"
	"heisenkata/exercises/internal/oracle"
)

const accounts = 4

// state is the balances, the fees paid, and which accounts are held by an order that
// waits for its fee.
type state struct {
	balance [accounts]int64
	fees    int64
	held    [accounts]bool
}

type (
	call    = contract.Call[*branch, state]
	step    = contract.Step[state]
	outcome = contract.Outcome[state]
)

// A branch is a ledger in which each transfer brings its own Fee. Amounts are below
// 100, or large; within one program they all differ.
//
// If the fix contains a number, the accounts that are used lie that far apart: so far that
// what it keeps for an account, by its number, may be the same for two.
type branch struct {
	*ledgertransfer.Ledger
	apart int
	fees  [100]ledgertransfer.Fee
}

func newBranch(r *rand.Rand) (*branch, state) {
	var s state
	b := branch{apart: max(1, life.Crowd(r, 300))}
	rich := []int64{0, 0, 0, max(1<<40, 4*int64(life.Beyond(mostAmount, 0)))}[r.IntN(4)] // more than fits in 32 bits
	for i := range s.balance {
		s.balance[i] = rich + 20 + r.Int64N(200)
	}
	b.Ledger = ledgertransfer.New(func(o ledgertransfer.Order) (int64, error) {
		o.From, o.To = o.From/b.apart, o.To/b.apart
		number := o.Amount % large
		if number < 0 || int(number) >= len(b.fees) || b.fees[number] == nil {
			return 0, fmt.Errorf("there is no such order: %+v", o)
		}
		return b.fees[number](o)
	}, b.spread(s.balance)...)
	return &b, s
}

// spread puts accounts without money between those that are used.
func (b *branch) spread(balances [accounts]int64) []int64 {
	all := make([]int64, accounts*b.apart)
	for i, balance := range balances {
		all[i*b.apart] = balance
	}
	return all
}

// large does not fit in 32 bits.
const large = 1 << 33

// mostAmount is more than the numbers in a fix that amounts exceed.
const mostAmount = 1 << 56

// someLarge returns large occasionally, or a multiple of it that is more than a number in the
// fix, and otherwise 0.
func someLarge(r *rand.Rand) int64 {
	n, _ := life.Limit(r, mostAmount)
	return []int64{0, 0, 0, 0, 0, large * (int64(n)/large + 1)}[r.IntN(6)]
}

// ledger says what each method does when no other call is running.
func ledger() contract.Contract[*branch, state] {
	amounts, nothing := rand.IntN(100), false
	transfer := func(r *rand.Rand) call {
		amounts++
		amount := int64(1+amounts%99) + someLarge(r)
		if !nothing && r.IntN(6) == 0 { // only one order of no amount can be told from the others
			amount, nothing = 0, true
		}
		return transfers(r, r.IntN(accounts), r.IntN(accounts), amount)
	}
	return contract.Contract[*branch, state]{
		New:   newBranch,
		Calls: []contract.Draw[*branch, state]{transfer, transfer, transfer, balance, audit},
		Last:  []contract.Draw[*branch, state]{audit, transfer, balance},
		Waits: true,
	}
}

// A transfer has two moments. As soon as no other order holds one of its accounts, it
// holds both and asks for its fee, even if there is not enough money. With the answer,
// it is booked or refused.
func transfers(r *rand.Rand, from, to int, amount int64) call {
	fee, unknown := r.Int64N(10)+someLarge(r), someReason(r)
	name := fmt.Sprintf("Transfer(%d, %d, %d)", from, to, amount)
	if unknown != nil {
		name += fmt.Sprintf(", whose fee fails with: %v", unknown)
	}
	return call{
		Name: name,
		Slow: true,
		Do: func(b *branch, m contract.Moments) any {
			b.fees[amount%large] = func(o ledgertransfer.Order) (int64, error) {
				m.Next(fmt.Sprintf("asks for the fee of %+v", o))
				return fee, unknown
			}
			return said(b.Transfer(from*b.apart, to*b.apart, amount), unknown)
		},
		Steps: []step{
			func(s state) []outcome {
				if s.held[from] || s.held[to] {
					return nil
				}
				s.held[from], s.held[to] = true, true
				o := ledgertransfer.Order{From: from, To: to, Amount: amount, FromBalance: s.balance[from], ToBalance: s.balance[to]}
				return []outcome{{Out: fmt.Sprintf("asks for the fee of %+v", o), After: s}}
			},
			func(s state) []outcome {
				s.held[from], s.held[to] = false, false
				switch {
				case unknown != nil:
					return []outcome{{Out: "that its fee is unknown", After: s}}
				case s.balance[from] < amount+fee:
					return []outcome{{Out: "ErrFunds", After: s}}
				}
				s.balance[from] -= amount + fee
				s.balance[to] += amount
				s.fees += fee
				return []outcome{{Out: "no error", After: s}}
			},
		},
	}
}

// someReason returns why a fee is unknown, or nil. Some look like other errors:
// something else lacks the money, or the tariff service times out.
func someReason(r *rand.Rand) error {
	return []error{nil, nil, nil, nil, nil, oracle.Sentinel("no tariff"), ledgertransfer.ErrFunds, fmt.Errorf("the credit line: %w", ledgertransfer.ErrFunds), life.Known(r)}[r.IntN(9)]
}

func said(err, unknown error) string {
	switch {
	case err == nil:
		return "no error"
	case unknown != nil && errors.Is(err, unknown) && errors.Is(err, ledgertransfer.ErrFunds) && !errors.Is(unknown, ledgertransfer.ErrFunds):
		return "that its fee is unknown, and ErrFunds as well"
	case unknown != nil && errors.Is(err, unknown):
		return "that its fee is unknown"
	case errors.Is(err, ledgertransfer.ErrFunds):
		return "ErrFunds"
	}
	return err.Error()
}

// Balance returns the balance of an account. It may wait for an order that holds it.
func balance(r *rand.Rand) call {
	id := r.IntN(accounts)
	return call{
		Name:    fmt.Sprintf("Balance(%d)", id),
		Do:      func(b *branch, _ contract.Moments) any { return b.Balance(id * b.apart) },
		Steps:   []step{func(s state) []outcome { return []outcome{{Out: s.balance[id], After: s}} }},
		MayWait: func(s state) bool { return s.held[id] },
	}
}

// Audit returns a consistent snapshot of the sum of all balances and of all fees paid.
// It may wait for every order that holds accounts.
func audit(*rand.Rand) call {
	return call{
		Name: "Audit()",
		Do: func(b *branch, _ contract.Moments) any {
			balances, fees := b.Audit()
			return fmt.Sprintf("%d and %d in fees", balances, fees)
		},
		Steps: []step{func(s state) []outcome {
			var sum int64
			for _, b := range s.balance {
				sum += b
			}
			return []outcome{{Out: fmt.Sprintf("%d and %d in fees", sum, s.fees), After: s}}
		}},
		MayWait: func(s state) bool { return s.held != [accounts]bool{} },
	}
}

// Two goroutines with one call each: every pair of calls.
func TestScheduleTwoCalls(t *testing.T) {
	contract.Check(t, ledger(), contract.Shape{Before: 1, Goroutines: 2, Calls: 1})
}

// A transfer returns while an audit is under way. The next audit has its fee.
func TestScheduleAuditAfterTransfer(t *testing.T) {
	l := ledgertransfer.New(func(ledgertransfer.Order) (int64, error) { return 1, nil }, 100, 100)
	var group sync.WaitGroup
	group.Go(func() { l.Audit() })
	assert.NoError(t, l.Transfer(0, 1, 10))
	balances, fees := l.Audit()
	assert.Equal(t, []int64{199, 1}, []int64{balances, fees}, "two accounts held 200. A transfer with a fee of 1 has returned, and is in each audit that begins then: its balances and its fees")
	group.Wait()
}

// Three transfers during an audit, one after the other. An audit that has one of them has those
// before it, too, in whatever order it comes to their accounts.
func TestScheduleTransfersDuringAudit(t *testing.T) {
	fees := []int64{1, 10, 100}
	asked := 0
	l := ledgertransfer.New(func(ledgertransfer.Order) (int64, error) { asked++; return fees[asked-1], nil }, 200, 200, 200, 200)
	var group sync.WaitGroup
	group.Go(func() {
		for _, from := range []int{0, 2, 0} {
			assert.NoError(t, l.Transfer(from, from+1, 30))
		}
	})
	balances, paid := l.Audit()
	group.Wait()
	assert.Equal(t, int64(800), balances+paid, "the audit saw half of a transfer")
	assert.Contains(t, []int64{0, 1, 11, 111}, paid, "three transfers, one after the other, have fees of 1, 10 and 100: an audit that has one of them has those before it, too")
}

// Three goroutines with a few calls each.
func TestScheduleManyCalls(t *testing.T) {
	contract.Check(t, ledger(), contract.Shape{Before: 1, Goroutines: 3, Calls: 2})
}

// An order that waits long for its fee delays no call that does not use
// its accounts.
func TestScheduleOneWaitsForItsFee(t *testing.T) {
	contract.Check(t, ledger(), contract.Shape{Before: 1, Goroutines: 3, Calls: 1, Hold: true})
}

// Two ledgers have nothing to do with each other.
func TestTwoLedgers(t *testing.T) {
	contract.Apart(t, ledger())
}
